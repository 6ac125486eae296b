/** The only places where a slot's status changes. Each edge that is not meant to be is a bug, and ends the program. */
import type { Action } from "./actions.ts";
import type { SlotState, Status } from "./state.ts";

const edges: Readonly<Record<Status, readonly Status[]>> = {
  unknown: ["green", "yellow", "red"],
  green: ["unknown", "yellow", "red"],
  yellow: ["unknown", "green", "red"],
  red: ["unknown", "green", "yellow", "repairing"],
  repairing: ["settling", "red"],
  settling: ["unknown", "green", "yellow", "red"],
};

export interface Change {
  readonly slot: SlotState;
  readonly actions: readonly Action[];
}

type Rest = Partial<
  Pick<
    SlotState,
    | "suspicion"
    | "attempt"
    | "tried"
    | "unfinished"
    | "hindrance"
    | "repairsMs"
    | "rebootsMs"
    | "waitUntilMs"
    | "wish"
    | "rotation"
    | "facts"
  >
>;

/** Ten times a second nothing has changed, and nothing is copied. */
function isNews(slot: SlotState, sentence: string, rest: Rest): boolean {
  if (slot.sentence !== sentence) return true;
  for (const key in rest) if (slot[key as keyof Rest] !== rest[key as keyof Rest]) return true;
  return false;
}

/** What is thought to be wrong may become clearer while nothing is done about it yet; that is told too. */
function stay(slot: SlotState, sentence: string, rest: Rest): Change {
  if (!isNews(slot, sentence, rest)) return { slot, actions: [] };
  const changed = { ...slot, ...rest, sentence };
  const cause = changed.suspicion?.cause;
  if (cause === undefined || cause === slot.suspicion?.cause) return { slot: changed, actions: [] };
  return { slot: changed, actions: [{ kind: "journal", entry: { kind: "cause", slot: slot.slot, cause, sentence } }] };
}

/** Moves a slot to a status, with what else changes on the way, and notes it in the journal. */
export function become(slot: SlotState, status: Status, sentence: string, nowMs: number, rest: Rest = {}): Change {
  if (slot.status === status) return stay(slot, sentence, rest);
  if (!edges[slot.status].includes(status)) {
    throw new Error(`${slot.slot} cannot become ${status} from ${slot.status}: ${sentence}`);
  }
  const changed: SlotState = {
    ...slot,
    ...rest,
    status,
    sinceMs: nowMs,
    sentence,
    wasWell: slot.wasWell || status === "green",
  };
  const cause = changed.suspicion?.cause;
  const entry = {
    kind: "status",
    slot: slot.slot,
    status,
    ...(cause === undefined ? {} : { cause }),
    sentence,
  } as const;
  return { slot: changed, actions: [{ kind: "journal", entry }] };
}
