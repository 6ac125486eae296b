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

/** A connect that nobody has heard is repeated after this, and then reaches whoever has the address. */
const connectRepeatedMs = 1_000;

/**
 * Whether the request had a connection to the old holder, and had not ended when that left. A client on a busy machine hears
 * late that the connection is there which it has opened for a request: of one that failed it counts when that was asked for.
 */
function wasOpenAt({ leftMs, takenMs }: Move, record: RequestRecord): boolean {
  const { connectedMs, startMs, endMs } = record;
  if (connectedMs === undefined) return false;
  const isHeardLate = !succeeded(record) && connectedMs - startMs < connectRepeatedMs;
  const openedMs = isHeardLate ? Math.min(connectedMs, startMs) : connectedMs;
  return openedMs < takenMs && endMs >= leftMs;
}
