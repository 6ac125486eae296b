/** What keeps the healer from doing harm by going on: repairs that never end, and repairs that never help. */
import type { Action } from "./actions.ts";
import { become, type Change } from "./become.ts";
import type { Limits } from "./limits.ts";
import { countFailure, withoutEnd } from "./proof.ts";
import { slotsOf } from "./slotsOf.ts";
import type { Attempt, SlotState, State } from "./state.ts";
import { isWish } from "./wish.ts";

export interface Guarded {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** Gives up repairs whose result never came. */
export function giveUpLate(state: State, limits: Limits, nowMs: number): Guarded {
  const actions: Action[] = [];
  let next = state;
  for (const slot of slotsOf(state)) {
    const { status, attempt } = slot;
    if (status !== "repairing" || attempt === undefined || nowMs < attempt.deadlineMs) continue;
    const given = giveUp(slot, attempt, limits, nowMs);
    if (!isWish(attempt.cause)) next = countFailure(next, attempt.generation);
    const nextDriftMs = given.slot.unfinished === undefined ? next.nextDriftMs : nowMs;
    next = { ...next, nextDriftMs, slots: { ...next.slots, [slot.slot]: given.slot } };
    actions.push(...given.actions);
  }
  const { updating } = next;
  if (!isOtherUpdate(next) && updating?.slots.every((slot) => next.slots[slot]?.status !== "repairing")) {
    next = { ...next, updating: undefined };
  }
  return { state: next, actions };
}

/** One that repairs nothing has a deadline of its own. */
function isOtherUpdate({ scaling, vipMove }: State): boolean {
  return scaling?.phase === "updating" || vipMove?.phase === "updating";
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

/** Its end is journalled like any other: whoever reads that later must not take it for one that never was tried. */
function giveUp(slot: SlotState, attempt: Attempt, limits: Limits, nowMs: number): Change {
  const late = `no result in ${limits.repairDeadlineMs / 1000} s`;
  const { generation, repair } = attempt;
  const entry = { kind: "repairEnded", generation, slot: slot.slot, outcome: `deadline: ${late}` } as const;
  const sentence = `${repair} of ${slot.slot} gave ${late}`;
  const change = become(slot, "red", sentence, nowMs, { attempt: undefined, ...withoutEnd(slot, attempt) });
  return { slot: change.slot, actions: [{ kind: "journal", entry }, ...change.actions] };
}
