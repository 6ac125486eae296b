/** What the healer does next, and when: read from the same table, limits and decision that it acts by. */
import type { Repair } from "../core/actions.ts";
import { causeOf } from "../core/causes.ts";
import { decide } from "../core/decide.ts";
import { hostDrainObstacle } from "../core/hostDrain.ts";
import type { Limits } from "../core/limits.ts";
import { nextRung, withoutHelp } from "../core/proof.ts";
import type { SlotState, State } from "../core/state.ts";
import { spellDuration } from "./spellDuration.ts";

/** The repair that would come next; undefined if nothing is suspected, or nothing is done about it. */
export function nextRepair(slot: Pick<SlotState, "suspicion" | "tried">): Repair | undefined {
  const { suspicion } = slot;
  if (suspicion === undefined) return undefined;
  const { repairs } = causeOf(suspicion.cause);
  return repairs[Math.min(nextRung(slot, suspicion.cause), repairs.length - 1)];
}

/** About one slot, in one sentence. */
export function nextOfSlot(slot: SlotState, state: State, limits: Limits, nowMs: number): string {
  switch (slot.status) {
    case "green":
      return "nothing is to be done";
    case "unknown":
      return "its first heartbeat is waited for";
    case "yellow":
      return nextOfYellow(slot, state, limits, nowMs);
    case "red":
      return nextOfRed(slot, state, limits, nowMs);
    case "repairing":
      return `${slot.attempt?.repair} is under way; it has ${dueIn(slot, nowMs)} to end`;
    case "settling":
      return `it has ${dueIn(slot, nowMs)} to beat and serve; if it does not, ${afterAttempt(slot)} comes next`;
  }
}

function nextOfYellow(slot: SlotState, state: State, limits: Limits, nowMs: number): string {
  const { suspicion } = slot;
  if (suspicion === undefined) return "it is asked by ping and by a connect, until its silence has a cause";
  const { patience, because } = causeOf(suspicion.cause);
  const repair = nextRepair(slot);
  if (repair === undefined) return `nothing is repaired: ${because}`;
  const hostDrained = hostDrainObstacle(state);
  if (hostDrained !== undefined) return `nothing is repaired: ${hostDrained}`;
  const { startedMs, pausedUntilMs } = state;
  const patientUntilMs = suspicion.sinceMs + (patience === 0 ? 0 : limits[patience]);
  const graceUntilMs = slot.wasWell ? 0 : startedMs + limits.startGraceMs;
  const waitMs = Math.max(patientUntilMs, graceUntilMs, pausedUntilMs, slot.pausedUntilMs) - nowMs;
  return `${repair} in ${spellDuration(waitMs)}, unless it passes`;
}

/** The core decides once more, for the answer alone: what it would begin now, or what keeps it from that. */
function nextOfRed(slot: SlotState, state: State, limits: Limits, nowMs: number): string {
  const repair = nextRepair(slot);
  const decided = decide(state, limits, nowMs).state.slots[slot.slot];
  if (decided === undefined || decided.status !== "red") return `${repair} begins now`;
  const { suspicion } = decided;
  const why = suspicion === undefined ? "" : `${causeOf(suspicion.cause).title}: ${suspicion.detail}; `;
  // What stands after the cause is the obstacle; machines that are made anew together wait a moment without one.
  const obstacle = decided.sentence.startsWith(why) ? decided.sentence.slice(why.length) : undefined;
  return obstacle === undefined ? `${repair} begins in a moment` : `${repair} comes next; ${obstacle}`;
}

function afterAttempt({ suspicion, attempt, tried }: SlotState): string {
  if (suspicion === undefined || attempt === undefined) return "what fits its cause then";
  return nextRepair({ suspicion, tried: withoutHelp({ tried }, attempt) }) ?? "nothing";
}

function dueIn({ attempt }: SlotState, nowMs: number): string {
  return spellDuration((attempt?.deadlineMs ?? nowMs) - nowMs);
}
