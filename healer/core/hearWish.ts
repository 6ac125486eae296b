/** Whether a machine may be replaced because a person wants it, and what becomes of such a wish. */
import { obstacleTo } from "./decide.ts";
import type { Limits } from "./limits.ts";
import type { State } from "./state.ts";
import { openWish, suspicionOf } from "./wish.ts";

export interface HeardWish {
  readonly state: State;
  readonly reason: string;
}

/** A wish is granted or refused at once: whoever asks is there to ask again. */
export function hearWish(
  state: State,
  { slot: name, by }: { slot: string; by: string },
  limits: Limits,
  nowMs: number,
): HeardWish {
  const slot = state.slots[name];
  const refusal = refusalOf(state, name, limits, nowMs);
  if (slot === undefined || refusal !== undefined) return { state, reason: `refused: ${refusal}` };
  const wished = { ...slot, wish: { by, atMs: nowMs } };
  return { state: { ...state, slots: { ...state.slots, [name]: wished } }, reason: `${by} asks to replace ${name}` };
}

/** Why a machine may not be replaced now, in one sentence; undefined if it may. */
export function refusalOf(state: State, name: string, limits: Limits, nowMs: number): string | undefined {
  const slot = state.slots[name];
  if (slot === undefined) return `${name} is not planned`;
  const { status, wasWell } = slot;
  if (openWish(slot, limits, nowMs) !== undefined) return `${name} is about to be replaced`;
  if (status === "repairing" || status === "settling") return `${name} is ${status}`;
  if (state.scaling !== undefined) return "the number of workers is being changed";
  if (state.updating !== undefined) return `an update of ${state.updating.slots.join(", ")} is under way`;
  if (!wasWell && nowMs - state.startedMs < limits.startGraceMs) {
    return `the healer has only just started, and has not seen ${name} well yet`;
  }
  const { cause } = suspicionOf({ by: "", atMs: nowMs });
  const obstacle = obstacleTo(state, { slot, cause, repair: "replace" }, limits, nowMs);
  return obstacle && `${name} may not be replaced now: ${obstacle}`;
}
