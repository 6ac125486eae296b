import type { Action } from "../core/actions.ts";
import type { DriftResult, News, RepairOutcome } from "../core/events.ts";
import type { Limits } from "../core/limits.ts";
import { align } from "./align.ts";
import { drainScript, undrainScript } from "./drainScript.ts";
import { driftOf } from "./drift.ts";
import { endFrozen } from "./endFrozen.ts";
import type { Engine } from "./engine/engine.ts";
import type { EngineJob } from "./engine/protocol.ts";
import type { StackUrns } from "./engine/stackState.ts";
import { inGuest } from "./guestShell.ts";
import { operations } from "./operations.ts";
import { preflight } from "./preflight.ts";
import { RepairError } from "./repairError.ts";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { timed } from "./timed.ts";

type Of<Kind extends Action["kind"]> = Extract<Action, { kind: Kind }>;

/** What runs an update. `run` resolves in every case, some seconds after the deadline at the latest. */
export type UpdateEngine = Pick<Engine, "run" | "warm">;

export interface RepairerOptions {
  /** As it is deployed: when that changes, the healer starts over with another repairer. */
  readonly place: RepairPlace;
  readonly engine: UpdateEngine;
  readonly limits: Limits;
  /** Whether a slot is well by what is known at this moment, whatever is about to be done to it. */
  readonly isWell: (slot: string) => boolean;
  /** Of all that the stack's state knows. */
  readonly readUrns: () => Promise<StackUrns>;
  /** Why no update can make anything, in one sentence. */
  readonly staleness: () => string | undefined;
  readonly emit: (news: News) => void;
  readonly onNote: (sentence: string) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
}

type Refuse = (slot: string, reason: string) => void;

/** What the engine needs to stop an update at its deadline and to put the backend in order. */
export const engineReserveMs = 30_000;

/** What it takes to reach a guest, and to hear of the end there. */
const sshReserveMs = 8_000;

/** Does what the core wants done, and answers every action with an event: nothing is left without one. */
export class Repairer {
  readonly #options: RepairerOptions;

  constructor(options: RepairerOptions) {
    this.#options = options;
  }

  async operate({ slot, operation, generation }: Of<"operate">): Promise<void> {
    const outcome = await timed(this.#options.nowMs, async () => {
      const { place } = this.#options;
      await operations[operation](place, slotOf(place, slot));
    });
    this.#options.emit({ kind: "repaired", generation, slot, outcome });
  }

  /** What may not be rebuilt is answered at once, and does not hold up the others. */
  async replace({ slots, generation }: Of<"replace">): Promise<void> {
    const open = new Set(slots);
    const end = (slot: string, outcome: RepairOutcome) => {
      open.delete(slot);
      this.#options.emit({ kind: "repaired", generation, slot, outcome });
    };
    const refuse: Refuse = (slot, reason) => end(slot, { ok: false, code: "preflight", reason });
    const outcome = await timed(this.#options.nowMs, () => this.#rebuild(slots, refuse));
    this.#options.engine.warm();
    for (const slot of open) end(slot, outcome);
  }

  async rotate({ slot, to, generation }: Of<"rotate">): Promise<void> {
    const { place, limits } = this.#options;
    const script = to === "out" ? drainScript(limits.drainMs) : undrainScript();
    const ended = await timed(this.#options.nowMs, () =>
      inGuest(place, slotOf(place, slot), script, limits.drainMs + sshReserveMs),
    );
    const outcome = ended.ok ? ({ ok: true } as const) : ({ ok: false, reason: ended.reason } as const);
    this.#options.emit({ kind: "rotated", slot, generation, outcome });
  }

  async moveVip({ slot, generation }: Of<"moveVip">): Promise<void> {
    const { engine, limits, emit, nowMs } = this.#options;
    const outcome = await timed(nowMs, async () => {
      const deadlineMs = limits.repairDeadlineMs - engineReserveMs;
      const end = await engine.run("moveVip", async () => ({ kind: "moveVip", slot }), deadlineMs);
      if (!end.ok) throw new RepairError(end.code === "changes" ? "failed" : end.code, end.reason);
    });
    engine.warm();
    emit({ kind: "vipMoved", generation, outcome });
  }

  async checkDrift({ generation }: Of<"checkDrift">): Promise<void> {
    const { engine, limits, emit } = this.#options;
    const drift: DriftResult = await engine
      .run("drift", async () => ({ kind: "drift" }), limits.repairDeadlineMs)
      .then(driftOf, (error: Error): DriftResult => ({ clean: undefined, reason: error.message }));
    engine.warm();
    emit({ kind: "driftChecked", generation, drift });
  }

  async #rebuild(names: readonly string[], refuse: Refuse): Promise<void> {
    const { engine, limits } = this.#options;
    const prepare = () => this.#prepare(names, refuse);
    const end = await engine.run("replace", prepare, limits.repairDeadlineMs - engineReserveMs);
    if (!end.ok) throw new RepairError(end.code === "changes" ? "failed" : end.code, end.reason);
  }

  /** Runs when nobody else holds the stack: another update would stumble over what is put into libvirt here. */
  async #prepare(names: readonly string[], refuse: Refuse): Promise<EngineJob> {
    const { place, limits, isWell, readUrns, staleness, onNote } = this.#options;
    const slots = names.map((name) => slotOf(place, name));
    const problems = await preflight(place, slots, limits);
    const rebuilt: RepairSlot[] = [];
    for (const slot of slots) {
      const problem = isWell(slot.slot) ? "it has become well meanwhile" : problems.get(slot.slot);
      if (problem === undefined) rebuilt.push(slot);
      else refuse(slot.slot, problem);
    }
    if (rebuilt.length === 0) throw new RepairError("preflight", "no machine is left to rebuild");
    for (const { slot } of rebuilt) await endFrozen(slot);
    const { urns, madeUrns } = await readUrns();
    // With a disk that is made again Pulumi deletes the domain, also one that it has deleted before.
    const known = { domains: urns, volumes: madeUrns };
    const { notes, seedsLost } = await align(place, rebuilt, known, staleness);
    for (const sentence of notes) onNote(sentence);
    const targets = rebuilt.map(({ slot, role }) => ({ slot, role, seed: seedsLost.includes(slot) }));
    return { kind: "replace", slots: targets };
  }
}

function slotOf(place: RepairPlace, name: string): RepairSlot {
  const slot = place.slots.find((one) => one.slot === name);
  if (slot === undefined) throw new Error(`the deployed plan has no slot ${name}.`);
  return slot;
}
