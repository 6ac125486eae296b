/** The last look before a machine is deleted: what has become well while its repair waited for its turn needs none. */
import { diagnose } from "./diagnose.ts";
import type { Limits } from "./limits.ts";
import type { State } from "./state.ts";

export function isWellAgain(state: State, name: string, limits: Limits, nowMs: number): boolean {
  const slot = state.slots[name];
  if (slot === undefined || slot.unfinished?.found !== undefined) return false;
  return diagnose(slot, state.host, limits, nowMs).kind === "well";
}
