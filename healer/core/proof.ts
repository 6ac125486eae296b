/**
 * Whether a repair has lasted. A service that dies again seconds after each repair has to be helped by another one: so
 * the ladder goes on where it was, and those before are not forgiven, until the slot has been green for a while.
 */
import type { Action } from "./actions.ts";
import { type CauseName, causeOf } from "./causes.ts";
import type { Limits } from "./limits.ts";
import { slotsOf } from "./slotsOf.ts";
import type { Attempt, SlotState, State, Tried } from "./state.ts";
import { isWish } from "./wish.ts";

/** How many of these moments lie within the budget's window. */
export function recent(timesMs: readonly number[], limits: Limits, nowMs: number): number {
  return timesMs.filter((atMs) => nowMs - atMs < limits.budgetWindowMs).length;
}

/** How long a slot has to be well before what befell it counts as over: longer with each return. */
export function provenMs(returns: number, limits: Limits): number {
  return Math.min(limits.maxProvenMs, limits.provenMs * 2 ** Math.max(0, returns - 1));
}

/** What a repair leaves behind that came to its end without the slot being well. A wish leaves behind what was before. */
export function withoutHelp({ tried }: Pick<SlotState, "tried">, attempt: Attempt): Tried | undefined {
  const { generation, cause, repair } = attempt;
  if (isWish(cause)) return tried;
  return { generation, cause, repair, helped: false, greenMs: undefined, lastedMs: undefined };
}

/** What a repair leaves behind that failed, or gave no result. */
export function withoutEnd(slot: SlotState, attempt: Attempt): Pick<SlotState, "tried" | "unfinished"> {
  const { generation, repair } = attempt;
  const cutShort = repair === "replace" ? { generation, found: undefined } : slot.unfinished;
  return { tried: withoutHelp(slot, attempt), unfinished: cutShort };
}

/** What a repair leaves behind that has made the slot well, for now. */
export function withHelp({ tried }: SlotState, attempt: Attempt, nowMs: number): Tried | undefined {
  const { generation, cause, repair } = attempt;
  // What an earlier repair has still to prove, it has to prove on the machine that is there now.
  if (isWish(cause)) return tried && { ...tried, greenMs: nowMs, lastedMs: undefined };
  return { generation, cause, repair, helped: true, greenMs: nowMs, lastedMs: undefined };
}

/** What a slot that is well has still to prove. Whatever it was in between, the time begins anew when it is green again. */
export function stillToProve(slot: SlotState, limits: Limits, nowMs: number): Tried | undefined {
  const { tried } = slot;
  if (tried === undefined) return undefined;
  if (tried.greenMs === undefined || slot.status !== "green") return { ...tried, greenMs: nowMs, lastedMs: undefined };
  return nowMs - tried.greenMs < provenMs(recent(slot.repairsMs, limits, nowMs), limits) ? tried : undefined;
}

/** The last repair, as it stands when this trouble has begun: what it was to mend is back before it has lasted, or not. */
export function triedBefore(slot: SlotState, cause: CauseName, sinceMs: number, limits: Limits, nowMs: number) {
  const { tried } = slot;
  if (tried?.greenMs === undefined || tried.cause !== cause) return tried;
  const lastedMs = Math.max(0, sinceMs - tried.greenMs);
  const isBack = lastedMs < provenMs(recent(slot.repairsMs, limits, nowMs), limits);
  return isBack ? { ...tried, helped: false, greenMs: undefined, lastedMs } : tried;
}

/** What the last repair has to do with what is wrong now; empty if nothing. */
export function failureOf(tried: Tried | undefined): string {
  if (tried === undefined || tried.greenMs !== undefined) return "";
  if (tried.lastedMs === undefined) return `${tried.repair} did not help: `;
  return `it came back after ${inSeconds(tried.lastedMs)}: `;
}

/**
 * Which of a cause's repairs comes next. After one that did not help, what is wrong now may be something else than what
 * was repaired: it has its own ladder, without what was just tried.
 */
export function nextRung({ tried }: Pick<SlotState, "tried">, cause: CauseName): number {
  if (tried === undefined || tried.greenMs !== undefined) return 0;
  return causeOf(cause).repairs.indexOf(tried.repair) + 1;
}

export interface Counted {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** A repair counts by what came of it: one that has lasted forgives those before it. */
export function countOutcomes(before: State, after: State): Counted {
  let state = after;
  const actions: Action[] = [];
  for (const was of slotsOf(before)) {
    const slot = after.slots[was.slot];
    if (slot === undefined || slot === was) continue;
    const outcome = outcomeOf(was, slot);
    if (outcome === undefined) continue;
    const { generation, helped, sentence } = outcome;
    state = helped ? forgive(state, generation) : countFailure(state, generation);
    const entry = { kind: "repairJudged", generation, slot: slot.slot, helped, sentence } as const;
    actions.push({ kind: "journal", entry });
  }
  return { state, actions };
}

/** Machines that were repaired together failed together: that is one repair which did not help. */
export function countFailure(state: State, generation: number): State {
  return state.failed.includes(generation) ? state : { ...state, failed: [...state.failed, generation] };
}

function forgive(state: State, generation: number): State {
  return state.failed.length === 0
    ? state
    : { ...state, failed: state.failed.filter((failed) => failed >= generation) };
}

interface Outcome {
  readonly generation: number;
  readonly helped: boolean;
  readonly sentence: string;
}

function outcomeOf(was: SlotState, slot: SlotState): Outcome | undefined {
  const { attempt, tried } = was;
  if (attempt !== undefined) {
    if (slot.attempt !== undefined || slot.status === "green" || isWish(attempt.cause)) return undefined;
    return { ...attempt, helped: false, sentence: `${attempt.repair} of ${slot.slot} did not help` };
  }
  if (tried?.greenMs === undefined) return undefined;
  if (slot.tried === undefined) {
    if (!tried.helped) return undefined;
    return { ...tried, sentence: `${tried.repair} of ${slot.slot} has helped: it lasts` };
  }
  const { lastedMs } = slot.tried;
  if (lastedMs === undefined) return undefined;
  const sentence = `what ${tried.repair} of ${slot.slot} was to mend came back after ${inSeconds(lastedMs)}`;
  return { ...tried, helped: false, sentence };
}

/** As it is said in sentences. */
function inSeconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
