import { budgetObstacle } from "./budget.ts";
import { causeOf } from "./causes.ts";
import type { Limits } from "./limits.ts";
import type { SlotState, State } from "./state.ts";

/**
 * Whether nothing is being done about a machine that is not well, nor will be soon: nothing repairs it, or its repair may not
 * be begun. A person has been told, and may take for as long as they like.
 */
export function isLeftToPersons(state: State, slot: SlotState, limits: Limits, nowMs: number): boolean {
  const { status, suspicion, hindrance, pausedUntilMs } = slot;
  if (status !== "yellow" && status !== "red") return false;
  if (suspicion !== undefined && causeOf(suspicion.cause).repairs.length === 0) return true;
  if (status !== "red") return false;
  const isSpent = budgetObstacle(state, slot, limits, nowMs) !== undefined;
  // Who waits for a lock cannot change anything else either.
  const cannotBegin = hindrance !== undefined && hindrance.code !== "locked";
  return isSpent || cannotBegin || nowMs < pausedUntilMs;
}
