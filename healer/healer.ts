/** Leads the core through the events of one host, and does what it wants done. */
import type { Logger } from "pino";
import type { Action } from "./core/actions.ts";
import type { Event, News, RepairOutcome } from "./core/events.ts";
import type { Beat, Timed } from "./core/facts.ts";
import type { Limits } from "./core/limits.ts";
import { isWellAgain } from "./core/lookAgain.ts";
import type { State } from "./core/state.ts";
import { step } from "./core/step.ts";

/** What the healer needs of the world. */
export interface HealerPorts {
  /** Resolves when the entry would survive a power cut. */
  readonly journal: { append(entry: object): Promise<void> };
  readonly probes: { probe(slot: string): void };
  /** Answers each call with events; none of them rejects. */
  readonly repairs: {
    operate(action: Extract<Action, { kind: "operate" }>): Promise<void>;
    replace(action: Extract<Action, { kind: "replace" }>): Promise<void>;
    checkDrift(action: Extract<Action, { kind: "checkDrift" }>): Promise<void>;
    rotate(action: Extract<Action, { kind: "rotate" }>): Promise<void>;
    moveVip(action: Extract<Action, { kind: "moveVip" }>): Promise<void>;
  };
  /** Answers each call with one event; neither rejects. */
  readonly scaler: {
    scale(action: Extract<Action, { kind: "scale" }>): Promise<void>;
    askRoom(action: Extract<Action, { kind: "askRoom" }>): Promise<void>;
  };
  readonly log: Logger;
}

export class Healer {
  readonly #ports: HealerPorts;
  readonly #limits: Limits;
  #state: State;
  /** Those that the core has yet to be told of. */
  #beats: Record<string, Timed<Beat>> = {};
  /** Steps act in their order: one that waits for the disk holds up the next one's repairs, never its decisions. */
  #tail: Promise<void> = Promise.resolve();

  constructor(ports: HealerPorts, limits: Limits, state: State) {
    this.#ports = ports;
    this.#limits = limits;
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  /** Whether a slot is well by what is known at this moment, whatever is being done about it. */
  isWell(slot: string): boolean {
    return isWellAgain(this.#state, slot, this.#limits, performance.now());
  }

  /**
   * Takes news. It returns at once, whatever has to be done about it. Beats wait for what comes next, which is a tick at
   * the latest: the core begins nothing on a beat alone, and a step for each would be most of what watching costs.
   */
  hear(news: News): void {
    if (news.kind === "beat") {
      this.#beats[news.slot] = { value: news.beat, atMs: performance.now() };
      return;
    }
    const beats = this.#beats;
    this.#beats = {};
    if (Object.keys(beats).length > 0) this.#step({ kind: "beats", beats });
    this.#step(news);
  }

  /** Resolves when all that was decided so far has been begun. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  #step(event: Event): void {
    const { state, actions, reason } = step(this.#state, event, this.#limits, performance.now());
    this.#state = state;
    if (reason !== "") this.#ports.log.info({ event: event.kind }, reason);
    if (actions.length > 0) this.#act(actions);
  }

  #act(actions: readonly Action[]): void {
    // Questions change nothing, so they need not wait for the disk.
    for (const action of actions) if (action.kind === "probe") this.#ports.probes.probe(action.slot);
    const others = actions.filter(({ kind }) => kind !== "probe");
    if (others.length > 0) this.#tail = this.#tail.then(() => this.#perform(others));
  }

  /** The core relies on it that what it wants journalled is on the disk before what follows begins. */
  async #perform(actions: readonly Action[]): Promise<void> {
    let written: Promise<void>[] = [];
    for (const action of actions) {
      if (action.kind === "journal") {
        written.push(this.#ports.journal.append(action.entry));
        continue;
      }
      const failure = await Promise.all(written).then(
        () => undefined,
        (error: Error) => error,
      );
      written = [];
      const wanted = this.#wanted(action);
      if (wanted === undefined) continue;
      if (failure === undefined) this.#begin(wanted);
      else this.#refuse(wanted, failure);
    }
    await Promise.all(written).catch((error: Error) => this.#ports.log.error(error, "the journal cannot be written"));
  }

  /** A disk that hung may have held a repair up until the core gave it up: what is no longer wanted is not begun. */
  #wanted(action: Action): Action | undefined {
    const isWanted = (slot: string, generation: number) => {
      const { status, attempt } = this.#state.slots[slot] ?? {};
      return status === "repairing" && attempt?.generation === generation;
    };
    if (action.kind === "operate") return isWanted(action.slot, action.generation) ? action : undefined;
    if (action.kind !== "replace") return action;
    const slots = action.slots.filter((slot) => isWanted(slot, action.generation));
    return slots.length === 0 ? undefined : { ...action, slots };
  }

  #begin(action: Action): void {
    const { repairs, scaler, log } = this.#ports;
    if (action.kind === "scale") void scaler.scale(action);
    if (action.kind === "askRoom") void scaler.askRoom(action);
    if (action.kind === "operate") void repairs.operate(action);
    if (action.kind === "replace") void repairs.replace(action);
    if (action.kind === "rotate") void repairs.rotate(action);
    if (action.kind === "moveVip") void repairs.moveVip(action);
    if (action.kind === "checkDrift") void repairs.checkDrift(action);
    if (action.kind === "page") log.error({ page: action.topic }, action.sentence);
    if (action.kind === "clearPage") log.info({ pageOver: action.topic }, action.sentence);
  }

  /**
   * A repair that would be forgotten by a restart is not begun: its budget would be spent twice. The core hears so of all
   * that it waits for; and a person is told whatever the disk says.
   */
  #refuse(action: Action, { message }: Error): void {
    if (action.kind === "page" || action.kind === "clearPage") {
      this.#begin(action);
      return;
    }
    const reason = `the journal cannot be written: ${message}`;
    const outcome = { ok: false, code: "preflight", reason } as const;
    this.#ports.log.error({ action: action.kind }, reason);
    for (const event of refusals(action, outcome)) this.hear(event);
  }
}

function refusals(action: Action, outcome: Extract<RepairOutcome, { ok: false }>): News[] {
  switch (action.kind) {
    case "operate":
      return [{ kind: "repaired", generation: action.generation, slot: action.slot, outcome }];
    case "replace":
      return action.slots.map((slot) => ({ kind: "repaired", generation: action.generation, slot, outcome }));
    case "scale":
      return [{ kind: "scaled", generation: action.generation, outcome }];
    case "askRoom":
      return [{ kind: "room", workers: action.workers, fits: 0, lack: outcome.reason }];
    case "moveVip":
      return [{ kind: "vipMoved", generation: action.generation, outcome }];
    case "rotate":
      return [{ kind: "rotated", generation: action.generation, slot: action.slot, outcome }];
    case "checkDrift": {
      const drift = { clean: undefined, reason: outcome.reason };
      return [{ kind: "driftChecked", generation: action.generation, drift }];
    }
    default:
      return [];
  }
}
