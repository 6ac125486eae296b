/**
 * From request records to what a user lost in one fault. Failed and slow requests are counted per fault; a percentage
 * over minutes of quiet time would only say how long the quiet was.
 */
import { overrunMs, type RequestRecord, succeeded } from "./requestRecord.ts";
import { quantile } from "./statistics.ts";

export interface RequestLoss {
  readonly sent: number;
  readonly failed: number;
  /** Requests that were answered, but over 1 s later than they were asked to be. */
  readonly slow: number;
  readonly worstOverrunMs: number;
  readonly errors: Readonly<Record<string, number>>;
}

export const slowOverrunMs = 1000;

/** How late 95 % of the answers were at most. Before a fault it tells whether the machine keeps up with the load. */
export function p95OverrunMs(records: readonly RequestRecord[]): number {
  const overruns = records.filter(succeeded).map(overrunMs);
  overruns.sort((one, other) => one - other);
  return overruns.length === 0 ? Number.POSITIVE_INFINITY : quantile(overruns, 0.95);
}

/** How late the answers of the last two seconds before a fault were: whether the service kept up when it came. */
export function quietP95Ms(records: readonly RequestRecord[], faultMs: number): number {
  return p95OverrunMs(records.filter(({ endMs }) => endMs < faultMs && endMs >= faultMs - quietWindowMs));
}

const quietWindowMs = 2_000;

export function lossOf(records: readonly RequestRecord[]): RequestLoss {
  const answered = records.filter(succeeded);
  const failed = records.filter((record) => !succeeded(record));
  const errors: Record<string, number> = {};
  for (const record of failed) {
    const cause = record.error ?? `status ${record.status}`;
    errors[cause] = (errors[cause] ?? 0) + 1;
  }
  return {
    sent: records.length,
    failed: failed.length,
    slow: answered.filter((record) => overrunMs(record) > slowOverrunMs).length,
    worstOverrunMs: answered.reduce((worst, record) => Math.max(worst, overrunMs(record)), 0),
    errors,
  };
}

/**
 * The longest time without a completed success, among the gaps that end after the fault began. Its resolution is the
 * interval between requests, so it belongs to an open loop of many. Infinite if the service had not come back by the
 * last request: nothing that began after the fault succeeded, or what began after the last success failed.
 */
export function outageMs(records: readonly RequestRecord[], faultMs: number): number {
  const successes = records.filter(succeeded).sort((one, other) => one.endMs - other.endMs);
  const lastMs = successes.at(-1)?.endMs ?? 0;
  const returned = successes.some((record) => record.startMs > faultMs);
  const goneAgain = records.some((record) => record.startMs > lastMs && !succeeded(record));
  if (!returned || goneAgain) return Number.POSITIVE_INFINITY;

  let longestMs = 0;
  // The last success before the fault opens the first gap; without one, the fault itself does.
  let previousMs = faultMs;
  for (const { endMs } of successes) {
    if (endMs >= faultMs) longestMs = Math.max(longestMs, endMs - previousMs);
    previousMs = endMs;
  }
  return longestMs;
}

/** Requests that were under way when the fault came, and those that a dead machine can no longer have received. */
export function splitByFault(records: readonly RequestRecord[], faultMs: number): FaultSplit {
  return {
    before: records.filter((record) => record.endMs < faultMs),
    inFlight: records.filter((record) => record.startMs <= faultMs && record.endMs >= faultMs),
    after: records.filter((record) => record.startMs > faultMs),
  };
}

export interface FaultSplit {
  readonly before: readonly RequestRecord[];
  readonly inFlight: readonly RequestRecord[];
  readonly after: readonly RequestRecord[];
}

/**
 * How long after `fromMs` the service was whole again: from then on every request that began was answered, and none over
 * 1 s late. Infinite if that never came to be.
 */
export function restoredMs(records: readonly RequestRecord[], fromMs: number): number {
  const bad = records.filter((record) => !succeeded(record) || overrunMs(record) > slowOverrunMs);
  const lastBadMs = Math.max(fromMs, ...bad.map((record) => record.startMs));
  const good = records.filter((record) => succeeded(record) && record.startMs >= lastBadMs);
  return Math.min(...good.map((record) => record.endMs)) - fromMs;
}
