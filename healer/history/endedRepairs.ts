import type { History } from "./history.ts";

/** A repair of one slot that has come to its end. */
export interface EndedRepair {
  readonly repair: string;
  readonly outcome: string;
  readonly tookMs: number;
}

/** Which repairs a line of the journal has brought to their end. */
export function endedRepairs(before: History, after: History): EndedRepair[] {
  if (before.open === after.open) return [];
  return Object.values(before.open).flatMap(({ id, slot, repairs }) => {
    const last = repairs.at(-1);
    if (last === undefined || last.tookMs !== undefined) return [];
    const open = after.open[slot];
    const incident = open?.id === id ? open : after.closed.findLast((closed) => closed.id === id);
    const ended = incident?.repairs.find(({ number }) => number === last.number);
    if (ended?.tookMs === undefined) return [];
    return [{ repair: ended.repair, outcome: ended.outcome, tookMs: ended.tookMs }];
  });
}
