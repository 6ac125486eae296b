import type { Repair } from "./actions.ts";
import type { CauseName } from "./causes.ts";
import type { DriftResult, RepairFailure } from "./events.ts";
import type { HostFacts, Role, SlotFacts } from "./facts.ts";

/**
 * `unknown`: too little is known. `yellow`: something is wrong that may pass, or that nobody repairs. `red`: a repair is
 * due. `repairing`: it is under way. `settling`: it is done, and the slot has to show that it helped.
 */
export type Status = "unknown" | "green" | "yellow" | "red" | "repairing" | "settling";

export interface SlotState {
  readonly slot: string;
  readonly role: Role;
  /** The planned digest over the managed files; undefined if none are managed in this machine. */
  readonly plannedFiles: string | undefined;
  readonly facts: SlotFacts;
  readonly status: Status;
  readonly sinceMs: number;
  /** One sentence: why the status is what it is. */
  readonly sentence: string;
  /** Whether this healer has seen it well: only then is what is wrong now news, and not how the host came up. */
  readonly wasWell: boolean;
  /** What is thought to be wrong, and since when; it outlives a repair that did not help. */
  readonly suspicion: Suspicion | undefined;
  /** The repair under way, or the one that has yet to show that it helped. */
  readonly attempt: Attempt | undefined;
  /** Which of its cause's repairs comes next. */
  readonly rung: number;
  /** What kept the last repair from beginning, until one begins. */
  readonly hindrance: { readonly code: RepairFailure; readonly reason: string } | undefined;
  /** When each repair of the budget's window began. */
  readonly repairsMs: readonly number[];
  /** Until then no repair of this slot begins. */
  readonly waitUntilMs: number;
  /** The same, because a person wishes it. */
  readonly pausedUntilMs: number;
}

export interface Suspicion {
  readonly cause: CauseName;
  readonly detail: string;
  readonly sinceMs: number;
}

export interface Attempt {
  readonly generation: number;
  readonly repair: Repair;
  readonly begunMs: number;
  /** Until then its result, or the sign that it helped, has to come. */
  readonly deadlineMs: number;
}

export interface State {
  readonly slots: Readonly<Record<string, SlotState>>;
  readonly host: HostFacts;
  /** When this healer began to listen. */
  readonly startedMs: number;
  /** Of the last repair; results of another one are stale. */
  readonly generation: number;
  /** The slots of the update under way: there is one at a time. */
  readonly updating: { readonly generation: number; readonly slots: readonly string[] } | undefined;
  /** When most workers were last silent together. */
  readonly massMs: number | undefined;
  /** The generations of the repairs that did not help, since one did. */
  readonly failed: readonly number[];
  readonly breakerUntilMs: number;
  readonly pausedUntilMs: number;
  /** What the last drift check found. */
  readonly drift: DriftResult | undefined;
  /** When it is checked next, unless a repair ends before. */
  readonly nextDriftMs: number;
  /** What persons have been told and is still so: topic to sentence. */
  readonly pages: Readonly<Record<string, string>>;
}

export interface PlannedSlot {
  readonly slot: string;
  readonly role: Role;
  readonly plannedFiles: string | undefined;
}

/** What a healer remembers of the time before its own start, as ages. */
export interface Past {
  readonly generation: number;
  readonly repairs: readonly { readonly slot: string; readonly agoMs: number }[];
  readonly pausedForMs: number;
  /** By slot. */
  readonly pausedSlotsForMs: Readonly<Record<string, number>>;
  readonly breakerForMs: number;
}

/** By then a host that has just booted is quiet. */
const firstDriftMs = 5 * 60_000;

export const noPast: Past = { generation: 0, repairs: [], pausedForMs: 0, pausedSlotsForMs: {}, breakerForMs: 0 };

export function initialState(planned: readonly PlannedSlot[], past: Past, nowMs: number): State {
  const slots = planned.map(({ slot, role, plannedFiles }): [string, SlotState] => {
    const repairsMs = past.repairs.filter((repair) => repair.slot === slot).map(({ agoMs }) => nowMs - agoMs);
    const unknown = { status: "unknown", sinceMs: nowMs, sentence: "I have only just begun to listen" } as const;
    const idle = {
      wasWell: false,
      suspicion: undefined,
      attempt: undefined,
      rung: 0,
      hindrance: undefined,
      repairsMs,
      waitUntilMs: nowMs,
      pausedUntilMs: nowMs + (past.pausedSlotsForMs[slot] ?? 0),
    };
    return [slot, { slot, role, plannedFiles, facts: {}, ...unknown, ...idle }];
  });
  return {
    slots: Object.fromEntries(slots),
    host: { deafUntilMs: nowMs },
    startedMs: nowMs,
    generation: past.generation,
    updating: undefined,
    massMs: undefined,
    failed: [],
    breakerUntilMs: nowMs + past.breakerForMs,
    pausedUntilMs: nowMs + past.pausedForMs,
    drift: undefined,
    nextDriftMs: nowMs + firstDriftMs,
    pages: {},
  };
}
