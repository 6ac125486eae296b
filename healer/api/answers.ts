import type { Event } from "../core/events.ts";
import { refusalOf } from "../core/hearWish.ts";
import { hostDrainRefusal } from "../core/keepHostDrain.ts";
import { drainRefusal } from "../core/rotation.ts";
import { scaleRefusal, withStandIns } from "../core/scaling.ts";
import type { SlotState } from "../core/state.ts";
import { vipMoveRefusal } from "../core/vipMove.ts";
import type { Chronicle } from "../history/chronicle.ts";
import { incidentsOf } from "../history/history.ts";
import { incidentsView, incidentView, lossesView } from "./incidentsView.ts";
import { type KnownPeers, noPeers } from "./knownPeers.ts";
import { momentNow } from "./moment.ts";
import { Problem } from "./problem.ts";
import type { HistoryAnswer, Incident, Slot, Status } from "./schemas.ts";
import { slotView } from "./slotView.ts";
import { statusView } from "./statusView.ts";
import type { Known, Subject } from "./subject.ts";
import type {
  Accepted,
  Drained,
  DrainRequest,
  HostDrained,
  HostDrainRequest,
  HostReturned,
  HostReturnRequest,
  Paused,
  PauseRequest,
  ResumeRequest,
  Scaled,
  ScaleRequest,
  SlotRequest,
  VipMoveRequest,
  VipMoving,
} from "./wishSchemas.ts";

/** Reading the files and digesting the program takes some milliseconds, which a caller in a loop must not take again and again. */
const pendingForMs = 10_000;

type SlotWish = "pause" | "resume" | "replace" | "drain" | "undrain";
type Wish = Extract<Event, { kind: SlotWish | "scale" | "moveVip" | "hostDrain" | "hostReturn" }>;

export interface AnswersOptions {
  readonly host: string;
  readonly chronicle: Chronicle;
  readonly pendingChanges: (outputs: Subject["outputs"]) => Promise<readonly string[]>;
  /** Nobody, unless it is given. */
  readonly peers?: KnownPeers;
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

  get peers(): KnownPeers {
    return this.#options.peers ?? noPeers;
  }

  get host(): string {
    return this.#options.host;
  }

  /** Why this host goes, or has gone, away on purpose; undefined if it does not. Needs no healer that listens. */
  get absence(): string | undefined {
    const { hostDrain } = this.#options.chronicle.history;
    return hostDrain?.outcome === "underWay" ? `${hostDrain.by} has drained it: ${hostDrain.why}` : undefined;
  }

  get known(): Known | undefined {
    if (this.#subject === undefined) return undefined;
    const { outputs, limits, healer } = this.#subject;
    const { host, chronicle } = this.#options;
    return { host, outputs, limits, state: healer.state, history: chronicle.history, peers: this.peers.all };
  }

  async status(): Promise<Status> {
    const pending = await this.#pendingChanges();
    return statusView(this.#must(), pending, momentNow());
  }

  slot(name: string): Slot {
    const known = this.#must();
    return slotView(plannedSlot(known, name), known, momentNow());
  }

  /** Needs no healer that listens: what has been stays what it was. */
  history(limit: number, slot: string | undefined): HistoryAnswer {
    this.requirePresentOrPast(slot);
    const { host, chronicle } = this.#options;
    const { history } = chronicle;
    const losses = slot === undefined ? lossesView(history, limit) : [];
    return { host, incidents: incidentsView(history, slot, limit), losses };
  }

  /** Needs no healer that listens either. */
  incident(id: number): Incident {
    const found = incidentsOf(this.#options.chronicle.history).find((incident) => incident.id === id);
    if (found !== undefined) return incidentView(found);
    const remedy = "`GET /v1/history` lists those that are remembered.";
    throw new Problem("notFound", `host ${this.#options.host} remembers no incident ${id}.`, remedy);
  }

  /** Throws if a slot is neither there nor was: nothing would be found of it, which could be taken for good news. */
  requirePresentOrPast(slot: string | undefined): void {
    const { known } = this;
    if (slot === undefined || known === undefined || incidentsView(known.history, slot, 1).length > 0) return;
    plannedSlot(known, slot);
  }

  /** Resolves when the wish is in the journal, so that it outlives the healer. */
  async pause({ slot, forMs, by }: PauseRequest): Promise<Paused> {
    await this.#wish({ kind: "pause", slot, forMs, by });
    const until = new Date(Date.now() + forMs).toISOString();
    return { host: this.#options.host, slot, paused: true, until, forMs, by };
  }

  async resume({ slot, by }: ResumeRequest): Promise<Paused> {
    await this.#wish({ kind: "resume", slot, by });
    return { host: this.#options.host, slot, paused: false, forMs: 0, by };
  }

  /** Resolves when it is in the journal that it is wished; its incident says what becomes of it. */
  async replace(slot: string, { by }: SlotRequest): Promise<Accepted> {
    const known = this.#must();
    plannedSlot(known, slot);
    const refusal = refusalOf(known.state, slot, known.limits, momentNow().nowMs);
    if (refusal !== undefined) throw new Problem("conflict", `${refusal}.`, "ask again when that is over.");
    await this.#wish({ kind: "replace", slot, by });
    const { host, chronicle } = this.#options;
    const incident = chronicle.history.open[slot];
    if (incident !== undefined) return { host, slot, by, incident: incident.id };
    throw notWritten();
  }

  /** Resolves when the wish is in the journal; the slot itself says when it is drained. */
  async drain(slot: string, { by, force }: DrainRequest): Promise<Drained> {
    const known = this.#must();
    plannedSlot(known, slot);
    const refusal = drainRefusal(known.state, { slot, force }, known.limits, momentNow().nowMs);
    if (refusal !== undefined) throw new Problem("conflict", `${refusal}.`, "`force` drains a last one all the same.");
    await this.#wish({ kind: "drain", slot, by, force });
    return { host: this.#options.host, slot, by, drained: true };
  }

  async undrain(slot: string, { by }: SlotRequest): Promise<Drained> {
    await this.#wish({ kind: "undrain", slot, by });
    return { host: this.#options.host, slot, by, drained: false };
  }

  /** Resolves when the wish is in the journal; the status says what becomes of it. */
  async scale({ workers, by }: ScaleRequest): Promise<Scaled> {
    const { host, chronicle } = this.#options;
    const lack = await this.#subject?.scaler.lack(withStandIns(this.#must().state, workers));
    if (lack !== undefined) {
      throw new Problem("noRoom", `host ${host} cannot hold ${workers} workers: ${lack}.`, "nothing was changed.");
    }
    const { state, limits } = this.#must();
    const refusal = scaleRefusal(state, withStandIns(state, workers), limits, momentNow().nowMs);
    if (refusal !== undefined) throw new Problem("conflict", `${refusal}.`, "ask again when that is over.");
    await this.#wish({ kind: "scale", workers, by });
    const { scale } = chronicle.history;
    if (scale?.outcome === "underWay") return { host, workers, by, id: scale.id };
    throw notWritten();
  }

  /** Resolves when the wish is in the journal; the status says what becomes of it. */
  async moveVip({ by }: VipMoveRequest): Promise<VipMoving> {
    const { host, chronicle } = this.#options;
    const refusal = vipMoveRefusal(this.#must().state, momentNow().nowMs);
    if (refusal !== undefined)
      throw new Problem("conflict", `${refusal}.`, "ask the host that holds it, or again later.");
    await this.#wish({ kind: "moveVip", by });
    const { vipMove } = chronicle.history;
    const slot = this.#must().state.vipMove?.slot;
    if (vipMove?.outcome === "underWay" && slot !== undefined) return { host, slot, by, id: vipMove.id };
    throw notWritten();
  }

  /** Resolves when the wish is in the journal; the status says what becomes of it. A host that is drained already stays so. */
  async drainHost({ by, reason }: HostDrainRequest): Promise<HostDrained> {
    const { host, chronicle } = this.#options;
    const { state, limits } = this.#must();
    const refusal = hostDrainRefusal(state, limits, momentNow().nowMs);
    if (refusal !== undefined) throw new Problem("conflict", `${refusal}.`, "ask again when that is over.");
    await this.#wish({ kind: "hostDrain", by, reason });
    const { hostDrain } = chronicle.history;
    if (hostDrain?.outcome === "underWay") return { host, by, id: hostDrain.id };
    // Nobody else would know of it.
    await this.#wish({ kind: "hostReturn", by });
    throw notWritten();
  }

  async returnHost({ by }: HostReturnRequest): Promise<HostReturned> {
    const { host, chronicle } = this.#options;
    await this.#wish({ kind: "hostReturn", by });
    const { hostDrain } = chronicle.history;
    if (hostDrain?.outcome === "underWay" && this.#must().state.hostDrain === undefined) {
      throw notWritten();
    }
    return { host, by, id: hostDrain?.id };
  }

  async #wish(event: Wish): Promise<void> {
    const known = this.#must();
    if ("slot" in event && event.slot !== undefined) plannedSlot(known, event.slot);
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

/** Throws if it is not planned. Any object answers to `constructor`, which must not come to the core as a slot. */
function plannedSlot({ host, state }: Known, name: string): SlotState {
  const slot = Object.hasOwn(state.slots, name) ? state.slots[name] : undefined;
  if (slot !== undefined) return slot;
  const remedy = `it has ${Object.keys(state.slots).join(", ")}.`;
  throw new Problem("notFound", `host ${host} has no slot ${name}.`, remedy);
}

function notWritten(): Problem {
  return new Problem("failed", "the wish could not be written into the journal.", "the healer's log says why.");
}
