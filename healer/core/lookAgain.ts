/** The last look before a machine is deleted: what has become well while its repair waited for its turn needs none. */
import { diagnose } from "./diagnose.ts";
import type { Limits } from "./limits.ts";
import type { State } from "./state.ts";
import { isWish } from "./wish.ts";

export function isWellAgain(state: State, name: string, limits: Limits, nowMs: number): boolean {
  const slot = state.slots[name];
  if (slot === undefined || slot.unfinished?.found !== undefined) return false;
  // It is replaced because a person wants it, and was well from the beginning.
  if (slot.attempt !== undefined && isWish(slot.attempt.cause)) return false;
  return diagnose(slot, state.host, limits, nowMs).kind === "well";
}
