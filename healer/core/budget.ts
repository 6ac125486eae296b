import type { Limits } from "./limits.ts";
import { recent } from "./proof.ts";
import { slotsOf } from "./slotsOf.ts";
import type { SlotState, State } from "./state.ts";

/** Why no repair of a slot may be begun because of those that were; undefined if one may. */
export function budgetObstacle(state: State, slot: SlotState, limits: Limits, nowMs: number): string | undefined {
  const window = `${limits.budgetWindowMs / 60_000} min`;
  if (recent(slot.repairsMs, limits, nowMs) >= limits.slotBudget) {
    return `nothing is done: its ${limits.slotBudget} repairs within ${window} are spent`;
  }
  const ofHost = slotsOf(state).reduce((sum, other) => sum + recent(other.repairsMs, limits, nowMs), 0);
  return ofHost >= limits.hostBudget
    ? `nothing is done: the host's ${limits.hostBudget} repairs within ${window} are spent`
    : undefined;
}
