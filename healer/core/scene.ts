/** For tests: a host whose machines do as they are told, and a healer that listens to it. */
import type { Action, JournalEntry } from "./actions.ts";
import type { Event, RepairFailure, RotateOutcome } from "./events.ts";
import type { Beat, DomainFact } from "./facts.ts";
import { limitsFor } from "./limits.ts";
import { alone, type PlannedSite } from "./otherHost.ts";
import { pastOf } from "./past.ts";
import { initialState, noPast, type PlannedSlot, type State } from "./state.ts";
import { step } from "./step.ts";

export const limits = limitsFor.kvm;
export const running: DomainFact = { state: "running", reason: "booted", id: 1 };
export const beat: Beat = { incarnation: "a", service: "up", files: "f", freeBytes: 1e9, busy: 0.1 };

const planned = [
  { slot: "lb-1", role: "balancer", plannedFiles: beat.files },
  { slot: "web-1", role: "worker", plannedFiles: undefined },
  { slot: "web-2", role: "worker", plannedFiles: undefined },
] as const;

export class Scene {
  nowMs = 0;
  state: State;
  readonly actions: Action[] = [];
  readonly silent = new Set<string>();
  /** What a machine says of itself, if it is not that all is well. */
  readonly beats = new Map<string, Beat>();
  /** The share of the time in which a machine's processors wait for the host's. */
  readonly waits = new Map<string, number>();
  readonly domains: Record<string, DomainFact> = { "lb-1": running, "web-1": running, "web-2": running };
  /** Whether a machine that is asked answers ping; undefined if no answer comes of asking. */
  pingAnswers: boolean | undefined = true;
  /** What a machine answers when it is to leave the rotation or to come back; undefined if no answer comes. */
  rotates: RotateOutcome | undefined = { ok: true };
  readonly #site: PlannedSite;
  readonly #written: { readonly atMs: number; readonly entry: JournalEntry }[] = [];

  constructor(site: PlannedSite = alone) {
    this.#site = site;
    this.state = initialState(planned, noPast, 0, limits, site);
    this.pass(15_000);
  }

  send(event: Event): string {
    const { state, actions, reason } = step(this.state, event, limits, this.nowMs);
    this.state = state;
    this.actions.push(...actions);
    for (const action of actions) {
      if (action.kind === "journal") this.#written.push({ atMs: this.nowMs, entry: action.entry });
      if (action.kind === "rotate" && this.rotates !== undefined) this.#rotate(action, this.rotates);
      if (action.kind !== "probe" || this.pingAnswers === undefined) continue;
      this.send({ kind: "ping", slot: action.slot, answered: this.pingAnswers });
      this.send({ kind: "connect", slot: action.slot, outcome: "silent" });
    }
    return reason;
  }

  beat(slot: string, value: Beat): string {
    return this.send({ kind: "beats", beats: { [slot]: { value, atMs: this.nowMs } } });
  }

  pass(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += 100;
      this.send({ kind: "tick", lagMs: 0 });
      if (this.nowMs % 200 === 0) this.#beat();
      if (this.nowMs % 1000 === 0) this.poll();
    }
  }

  become(slot: string, domain: DomainFact): string {
    this.domains[slot] = domain;
    return this.send({ kind: "domain", slot, domain });
  }

  /** libvirt answers how all domains are. */
  poll(): void {
    const polled = Object.entries(this.domains).map(([slot, fact]) => {
      return [slot, { ...fact, diskThere: true, attached: true, waitedShare: this.waits.get(slot) ?? 0 }];
    });
    this.send({ kind: "domains", domains: Object.fromEntries(polled) });
  }

  /** Answers the repair that is under way. */
  repaired(slot: string, failure?: { readonly code: RepairFailure; readonly reason: string }): string {
    const generation = this.state.slots[slot]?.attempt?.generation ?? 0;
    const outcome = failure === undefined ? ({ ok: true, tookMs: 1_000 } as const) : { ok: false as const, ...failure };
    return this.send({ kind: "repaired", generation, slot, outcome });
  }

  /** The healer ends, and another one begins with what the first has journalled, and with what is deployed now. */
  restart(slots: readonly string[] = planned.map(({ slot }) => slot)): void {
    this.deploy(planned.filter(({ slot }) => slots.includes(slot)));
  }

  deploy(deployed: readonly PlannedSlot[]): void {
    const past = pastOf(this.#written.map(({ atMs, entry }) => ({ agoMs: this.nowMs - atMs, entry })));
    this.state = initialState(deployed, past, this.nowMs, limits, this.#site);
  }

  status(slot: string): string | undefined {
    return this.state.slots[slot]?.status;
  }

  sentence(slot: string): string {
    return this.state.slots[slot]?.sentence ?? "";
  }

  repairs(): string[] {
    return this.actions.flatMap((action) => {
      if (action.kind === "operate") return [`${action.operation} ${action.slot}`];
      return action.kind === "replace" ? [`replace ${action.slots.join(" ")}`] : [];
    });
  }

  journal(): string[] {
    return this.actions.flatMap((action) => {
      return action.kind === "journal" && "sentence" in action.entry ? [action.entry.sentence] : [];
    });
  }

  #rotate({ slot, to, generation }: Extract<Action, { kind: "rotate" }>, outcome: RotateOutcome): void {
    if (outcome.ok) this.beats.set(slot, { ...beat, service: to === "out" ? "draining" : "up" });
    this.send({ kind: "rotated", slot, generation, outcome });
  }

  #beat(): void {
    for (const [slot, { state }] of Object.entries(this.domains)) {
      if (this.silent.has(slot) || state !== "running") continue;
      this.beat(slot, this.beats.get(slot) ?? beat);
    }
  }
}
