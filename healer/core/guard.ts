/** What keeps the healer from doing harm by going on: repairs that never end, and repairs that never help. */
import type { Action } from "./actions.ts";
import { become } from "./become.ts";
import { countFailure } from "./conclude.ts";
import type { Limits } from "./limits.ts";
import type { SlotState, State } from "./state.ts";

export interface Guarded {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** Gives up repairs whose result never came. */
export function giveUpLate(state: State, limits: Limits, nowMs: number): Guarded {
  const expired = Object.values(state.slots).filter(({ status, attempt }) => {
    return status === "repairing" && attempt !== undefined && nowMs >= attempt.deadlineMs;
  });
  const actions: Action[] = [];
  let next = state;
  for (const slot of expired) {
    const given = giveUp(slot, limits, nowMs);
    next = countFailure(next, slot.attempt?.generation ?? 0);
    next = { ...next, slots: { ...next.slots, [slot.slot]: given.slot } };
    actions.push(...given.actions);
  }
  const { updating } = next;
  if (updating?.slots.every((slot) => next.slots[slot]?.status !== "repairing")) {
    next = { ...next, updating: undefined };
  }
  return { state: next, actions };
}

/** Stops all repairs for a while after too many in a row that did not help; before the next one, so it comes after judging. */
export function openBreaker(state: State, limits: Limits, nowMs: number): Guarded {
  if (state.failed.length < limits.breakerFailures) return { state, actions: [] };
  const sentence = `${state.failed.length} repairs in a row did not help: none is begun for ${limits.breakerOpenMs / 60_000} min`;
  const entry = { kind: "breaker", openForMs: limits.breakerOpenMs, sentence } as const;
  return {
    state: { ...state, failed: [], breakerUntilMs: nowMs + limits.breakerOpenMs },
    actions: [{ kind: "journal", entry }],
  };
}

function giveUp(slot: SlotState, limits: Limits, nowMs: number) {
  const sentence = `${slot.attempt?.repair} of ${slot.slot} gave no result in ${limits.repairDeadlineMs / 1000} s`;
  return become(slot, "red", sentence, nowMs, { attempt: undefined, rung: slot.rung + 1 });
}
