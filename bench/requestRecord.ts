/**
 * One HTTP request as the load generator saw it. All times are epoch milliseconds read from the monotonic clock, so a
 * step of the wall clock cannot bend them and they still line up with captured frames.
 */
export interface RequestRecord {
  readonly kind: RequestKind;
  /** When the schedule asked for it: the latency that a user sees counts from here, not from when we got round to it. */
  readonly intendedMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /**
   * When the connection that carried it was opened: after `startMs` if it was opened for this request. Absent if none
   * could be opened, and in an open loop that keeps its connections.
   */
  readonly connectedMs?: number;
  /** Absent if no complete answer came. */
  readonly status?: number;
  /** Why no complete answer came: an error code, or `DEADLINE`. */
  readonly error?: string;
  /** Who served it, as the answer's headers say. */
  readonly slot?: string;
  readonly balancer?: string;
  /** The time that the endpoint was asked to take. */
  readonly ownMs: number;
  /** The idempotency id of a POST. */
  readonly id?: string;
}

export type RequestKind = "number" | "sleep" | "post";

export function succeeded(record: RequestRecord): boolean {
  return record.status !== undefined && record.status >= 200 && record.status < 300;
}

/** How much longer a request took than what it was asked to take. */
export function overrunMs(record: RequestRecord): number {
  return record.endMs - record.intendedMs - record.ownMs;
}

/** Whether its connection had been opened before it began. */
export function isKept({ connectedMs, startMs }: RequestRecord): boolean {
  return connectedMs !== undefined && connectedMs < startMs;
}

/** The clock of all records. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
