import type { Chronicle } from "../history/chronicle.ts";
import { incidentsView } from "./incidentsView.ts";
import { type Moment, momentNow } from "./moment.ts";
import { Problem } from "./problem.ts";
import type { HistoryAnswer, Paused, Slot, Status } from "./schemas.ts";
import { slotView } from "./slotView.ts";
import { statusView } from "./statusView.ts";
import type { Known, Subject } from "./subject.ts";

/** Reading the files and digesting the program takes some milliseconds, which a caller in a loop must not take again and again. */
const pendingForMs = 10_000;

export interface AnswersOptions {
  readonly host: string;
  readonly chronicle: Chronicle;
  readonly pendingChanges: (outputs: Subject["outputs"]) => Promise<readonly string[]>;
}

/** What the API knows and does, without a word of HTTP. */
export class Answers {
  readonly #options: AnswersOptions;
  #subject: Subject | undefined;
  #pending: { readonly of: Subject; readonly atMs: number; readonly found: readonly string[] } | undefined;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Undefined: nothing is healed now. */
  watch(subject: Subject | undefined): void {
    this.#subject = subject;
  }

  get known(): Known | undefined {
    if (this.#subject === undefined) return undefined;
    const { outputs, limits, healer } = this.#subject;
    const { host, chronicle } = this.#options;
    return { host, outputs, limits, state: healer.state, history: chronicle.history };
  }

  async status(): Promise<Status> {
    const pending = await this.#pendingChanges();
    return statusView(this.#must(), pending, momentNow());
  }

  slot(name: string): Slot {
    const known = this.#must();
    const slot = known.state.slots[name];
    if (slot !== undefined) return slotView(slot, known, momentNow());
    const names = Object.keys(known.state.slots).join(", ");
    throw new Problem("notFound", `host ${known.host} has no slot ${name}.`, `it has ${names}.`);
  }

  /** Needs no healer that listens: what has been stays what it was. */
  history(limit: number, slot: string | undefined): HistoryAnswer {
    const { host, chronicle } = this.#options;
    return { host, incidents: incidentsView(chronicle.history, slot, limit) };
  }

  /** Resolves when the wish is in the journal, so that it outlives the healer. */
  async pause(forMs: number, by: string): Promise<Paused> {
    await this.#wish({ kind: "pause", forMs, by });
    const moment: Moment = momentNow();
    return { host: this.#options.host, paused: true, until: new Date(moment.wallMs + forMs).toISOString(), forMs, by };
  }

  async resume(by: string): Promise<Paused> {
    await this.#wish({ kind: "resume", by });
    return { host: this.#options.host, paused: false, forMs: 0, by };
  }

  async #wish(event: Parameters<Subject["healer"]["hear"]>[0]): Promise<void> {
    this.#must();
    this.#subject?.healer.hear(event);
    await this.#subject?.healer.settled();
  }

  #must(): Known {
    const { known } = this;
    if (known !== undefined) return known;
    const message = `the healer of host ${this.#options.host} runs, and does not listen yet.`;
    throw new Problem("notListening", message, "it puts the stack's state in order first: ask again in some seconds.");
  }

  async #pendingChanges(): Promise<readonly string[]> {
    const subject = this.#subject;
    if (subject === undefined) return [];
    const before = this.#pending;
    const nowMs = performance.now();
    if (before?.of === subject && nowMs - before.atMs < pendingForMs) return before.found;
    const found = await this.#options.pendingChanges(subject.outputs);
    this.#pending = { of: subject, atMs: nowMs, found };
    return found;
  }
}
