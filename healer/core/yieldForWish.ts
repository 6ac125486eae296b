/**
 * A balancer that a person wants replaced and that holds the service's address yields it first: a planned move costs its
 * clients less than the loss of the holder, and nothing at all is begun if no other balancer can take it.
 */
import type { Action } from "./actions.ts";
import { holdsVip, obstacleTo } from "./decide.ts";
import type { Limits } from "./limits.ts";
import { slotsOf } from "./slotsOf.ts";
import type { State } from "./state.ts";
import { beginMove } from "./vipMove.ts";
import { openWish, suspicionOf } from "./wish.ts";

export function yieldForWish(
  state: State,
  limits: Limits,
  nowMs: number,
): { readonly state: State; readonly actions: readonly Action[] } {
  const unchanged = { state, actions: [] };
  if (state.updating !== undefined || state.vipMove !== undefined || state.scaling !== undefined) return unchanged;
  for (const slot of slotsOf(state)) {
    const wish = openWish(slot, limits, nowMs);
    if (wish === undefined || slot.status !== "red" || !holdsVip(slot, limits, nowMs)) continue;
    const { cause } = suspicionOf(wish);
    if (obstacleTo(state, { slot, cause, repair: "replace" }, limits, nowMs) !== undefined) continue;
    const { keptVip } = state;
    if (keptVip?.slot === slot.slot && nowMs - keptVip.atMs < limits.backoffMs) continue;
    return beginMove(state, slot, wish.by, nowMs);
  }
  return unchanged;
}
