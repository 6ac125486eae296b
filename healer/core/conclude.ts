/** What becomes of a slot when its repair has ended, well or not. */
import type { Action } from "./actions.ts";
import { become } from "./become.ts";
import type { RepairFailure, RepairOutcome } from "./events.ts";
import type { Limits } from "./limits.ts";
import { countFailure, withoutEnd } from "./proof.ts";
import type { Attempt, SlotState, State } from "./state.ts";
import { isWish } from "./wish.ts";

export interface Concluded {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly reason: string;
}

export function conclude(
  state: State,
  { slot: name, generation, outcome }: { slot: string; generation: number; outcome: RepairOutcome },
  limits: Limits,
  nowMs: number,
): Concluded {
  const slot = state.slots[name];
  if (slot?.attempt === undefined || slot.attempt.generation !== generation || slot.status !== "repairing") {
    return { state, actions: [], reason: `ignored: ${name} has no repair ${generation} under way` };
  }
  const ended: Action = {
    kind: "journal",
    entry: {
      kind: "repairEnded",
      generation,
      slot: name,
      outcome: outcome.ok ? "ok" : `${outcome.code}: ${outcome.reason}`,
    },
  };
  const freed = { ...state, updating: withoutSlot(state, name, generation) };
  const change = outcome.ok
    ? settle(slot, slot.attempt, outcome.tookMs, limits, nowMs)
    : fail(slot, slot.attempt, outcome, limits, nowMs);
  const isFailure = !outcome.ok && !isHindered(outcome.code) && !isWish(slot.attempt.cause);
  const counted = isFailure ? countFailure(freed, generation) : freed;
  const nextDriftMs = change.slot.unfinished === undefined ? counted.nextDriftMs : nowMs;
  const next = { ...counted, nextDriftMs, slots: { ...freed.slots, [name]: change.slot } };
  return { state: next, actions: [ended, ...change.actions], reason: change.slot.sentence };
}

/** What was known of the machine before is about one that is no more; only fresh facts tell whether it helped. */
function settle(slot: SlotState, begun: Attempt, tookMs: number, limits: Limits, nowMs: number) {
  const facts = slot.facts.startedId === undefined ? {} : { startedId: slot.facts.startedId };
  const attempt = { ...begun, deadlineMs: nowMs + limits.bootMs };
  const unfinished = begun.repair === "replace" ? undefined : slot.unfinished;
  const sentence = `${begun.repair} done in ${(tookMs / 1000).toFixed(1)} s; it has ${limits.bootMs / 1000} s to beat and serve`;
  // A machine that begins anew is in rotation, whatever the one before it was asked.
  const rotation = slot.rotation && ({ ...slot.rotation, to: "in", outcome: { ok: true } } as const);
  const rest = { facts, attempt, unfinished, rotation, rebootsMs: [], hindrance: undefined };
  return become(slot, "settling", sentence, nowMs, rest);
}

/** A stack that is locked or a host that lacks something says nothing about the repair: the same is tried again. */
function fail(
  slot: SlotState,
  attempt: Attempt,
  outcome: Extract<RepairOutcome, { ok: false }>,
  limits: Limits,
  nowMs: number,
) {
  if (!isHindered(outcome.code)) {
    const sentence = `${attempt.repair} of ${slot.slot} failed: ${outcome.reason}`;
    return become(slot, "red", sentence, nowMs, { ...withoutEnd(slot, attempt), attempt: undefined });
  }
  const sentence = `${attempt.repair} of ${slot.slot} could not begin: ${outcome.reason}`;
  // It has cost nothing, and is not tried again: whoever wished it learns why.
  if (isWish(attempt.cause)) return become(slot, "red", sentence, nowMs, { attempt: undefined });
  const unspent = { repairsMs: slot.repairsMs.slice(0, -1), waitUntilMs: nowMs + limits.backoffMs };
  return become(slot, "red", sentence, nowMs, { ...unspent, attempt: undefined, hindrance: outcome });
}

function isHindered(code: RepairFailure): boolean {
  return code === "locked" || code === "preflight";
}

function withoutSlot({ updating }: State, name: string, generation: number): State["updating"] {
  if (updating?.generation !== generation) return updating;
  const slots = updating.slots.filter((slot) => slot !== name);
  return slots.length === 0 ? undefined : { generation, slots };
}
