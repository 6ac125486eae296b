/** When to ask whether what runs is what is planned, and what the answer means. */
import type { Action } from "./actions.ts";
import type { DriftResult, Event } from "./events.ts";
import type { Limits } from "./limits.ts";
import { slotsOf } from "./slotsOf.ts";
import type { SlotState, State } from "./state.ts";
import { hasTooMuchToDo } from "./tooMuchToDo.ts";

export interface DriftStep {
  readonly state: State;
  readonly actions: readonly Action[];
}

/**
 * After each repair, when the last of its slots has shown that it helped; and now and then, because a hand may have
 * changed what no repair has touched, or taken back what the last check found.
 */
export function askForDrift(before: State, after: State, event: Event, limits: Limits, nowMs: number): DriftStep {
  const generations = finishedRepairs(before, after);
  const isDue = event.kind === "tick" && nowMs >= after.nextDriftMs && slotsOf(after).every(isAtRest);
  if (generations.length === 0 && !isDue) return { state: after, actions: [] };
  const asked = generations.length > 0 ? generations : [after.generation];
  return {
    state: { ...after, nextDriftMs: nowMs + limits.driftIntervalMs },
    actions: asked.map((generation) => ({ kind: "checkDrift", generation })),
  };
}

export interface DriftHeard {
  readonly state: State;
  readonly sentence: string;
  readonly clean: boolean | undefined;
}

/** A difference that was found while a machine was not well may be that machine: it is looked at again later. */
export function hearDrift(
  state: State,
  { generation, drift: found }: Extract<Event, { kind: "driftChecked" }>,
  limits: Limits,
  nowMs: number,
): DriftHeard {
  const restless = slotsOf(state).find((slot) => !isAtRest(slot));
  const drift: DriftResult =
    found.clean === false && restless !== undefined
      ? { clean: undefined, reason: `${restless.slot} was ${restless.status} meanwhile` }
      : found;
  const later = drift.clean === true ? limits.driftIntervalMs : limits.driftRetryMs;
  // What was cut short after this check had begun has yet to be looked into.
  const isPending = slotsOf(state).some(({ unfinished }) => (unfinished?.generation ?? 0) > generation);
  const nextDriftMs = isPending ? nowMs : nowMs + later;
  const known = drift.clean === undefined ? state.drift : drift;
  const slots = afterCheck(state.slots, generation, drift);
  return { state: { ...state, slots, drift: known, nextDriftMs }, sentence: sentenceOf(drift), clean: drift.clean };
}

/** What becomes of replacements that were cut short before the check began: they left no difference, or these. */
function afterCheck(slots: State["slots"], generation: number, drift: DriftResult): State["slots"] {
  if (drift.clean === undefined) return slots;
  const changed = Object.values(slots).flatMap((slot): SlotState[] => {
    const { unfinished } = slot;
    if (unfinished === undefined || unfinished.generation > generation) return [];
    if (drift.clean) return [{ ...slot, unfinished: undefined }];
    const found = drift.found.split("; ").filter((difference) => concerns(difference, slot.slot));
    return found.length === 0 ? [] : [{ ...slot, unfinished: { ...unfinished, found: found.join("; ") } }];
  });
  return changed.length === 0 ? slots : { ...slots, ...Object.fromEntries(changed.map((slot) => [slot.slot, slot])) };
}

/** A difference names its resource first, and a slot's resources are named after it: `web-1-disk: replace`. */
function concerns(difference: string, slot: string): boolean {
  return difference.startsWith(`${slot}:`) || difference.startsWith(`${slot}-`);
}

function finishedRepairs(before: State, after: State): number[] {
  if (after.slots === before.slots) return [];
  const settled = slotsOf(before).filter(({ slot, status, attempt }) => {
    return status === "settling" && attempt !== undefined && after.slots[slot]?.status === "green";
  });
  const generations = new Set(settled.map(({ attempt }) => attempt?.generation ?? 0));
  const isOpen = (generation: number) => slotsOf(after).some(({ attempt }) => attempt?.generation === generation);
  return [...generations].filter((generation) => !isOpen(generation));
}

function isAtRest(slot: SlotState): boolean {
  const { status, suspicion } = slot;
  const isEdited = status === "yellow" && suspicion?.cause === "filesChanged";
  return status === "green" || isEdited || hasTooMuchToDo(slot);
}

function sentenceOf(drift: DriftResult): string {
  if (drift.clean === undefined) return `drift could not be judged: ${drift.reason}`;
  return drift.clean ? "no drift: what runs is what is planned" : `drift: ${drift.found}`;
}
