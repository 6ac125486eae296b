/**
 * What planned moves of the address cost. A connection belongs to the balancer that it was opened to: when that gives the
 * address up it still answers what is under way, and what is sent on it later is reset by the balancer that has the
 * address now. Clients have to connect anew. A request that fails on a connection that no move has cut failed like any.
 */
import type { Move } from "./ownership.ts";
import { isKept, type RequestRecord, succeeded } from "./requestRecord.ts";

export interface MoveLoss {
  /** Under way when the address was taken, on a connection to its old holder. */
  readonly inFlight: readonly RequestRecord[];
  /** Those without an answer that began before the address was taken. */
  readonly cutInFlight: readonly RequestRecord[];
  /** Those without an answer that were sent to the old holder's connection after that. */
  readonly cutLater: readonly RequestRecord[];
  /** Failed on a connection that was opened for them and that no move has cut; or they got none. */
  readonly newFailed: readonly RequestRecord[];
  /** Failed on a kept connection that no move has cut. */
  readonly keptFailed: readonly RequestRecord[];
}

export function moveLossOf(records: readonly RequestRecord[], moves: readonly Move[]): MoveLoss {
  const loss = { inFlight: [], cutInFlight: [], cutLater: [], newFailed: [], keptFailed: [] } as {
    [Kind in keyof MoveLoss]: RequestRecord[];
  };
  for (const record of records) {
    const { startMs, endMs, error } = record;
    // The last one: it may have gone there and back while a client was thinking.
    const move = moves.findLast((one) => wasOpenAt(one, record));
    const hasBegunBefore = move !== undefined && startMs < move.takenMs;
    if (hasBegunBefore && endMs >= move.takenMs) loss.inFlight.push(record);
    if (succeeded(record)) continue;
    // An answer that is an error came from a balancer.
    if (move !== undefined && error !== undefined) loss[hasBegunBefore ? "cutInFlight" : "cutLater"].push(record);
    else loss[isKept(record) ? "keptFailed" : "newFailed"].push(record);
  }
  return loss;
}

/** Whether the request had a connection to the old holder, and had not ended when that left. */
function wasOpenAt({ leftMs, takenMs }: Move, { connectedMs, endMs }: RequestRecord): boolean {
  return connectedMs !== undefined && connectedMs < takenMs && endMs >= leftMs;
}
