/**
 * Another host that is away on purpose. A person who has drained it says when it returns, however long that takes. A healer
 * that was told to end says nothing of its host: it may be a restart, a reboot, or a machine that never comes up again.
 */
import type { Limits } from "./limits.ts";
import type { OtherHost } from "./otherHost.ts";

export interface Absence {
  readonly sentence: string;
  /** Until when it is expected back; undefined if a person decides. */
  readonly expectedMs: number | undefined;
}

/** Undefined if it is not away on purpose, or was expected back by now. */
export function absenceOf(host: OtherHost, limits: Limits, nowMs: number): Absence | undefined {
  const absence = announcedOf(host, limits);
  const isOver = absence?.expectedMs !== undefined && nowMs >= absence.expectedMs;
  return isOver ? undefined : absence;
}

function announcedOf({ status, sentence, expectedMs, peer }: OtherHost, limits: Limits): Absence | undefined {
  const { planned, ending } = peer?.view?.marks ?? {};
  // What an earlier healer was told.
  if (peer?.heardMs === undefined) return status === "planned" ? { sentence, expectedMs } : undefined;
  if (planned === undefined) return undefined;
  const why = `it went away on purpose: ${planned}`;
  if (ending !== true) return { sentence: why, expectedMs: undefined };
  const within = `it is expected back within ${limits.expectedBackMs / 60_000} min`;
  return { sentence: `${why}; ${within}`, expectedMs: peer.heardMs + limits.expectedBackMs };
}

/** Whether a drained host is away for so long that somebody may have forgotten it. */
export function isAwayForLong({ status, sinceMs, expectedMs }: OtherHost, limits: Limits, nowMs: number): boolean {
  return status === "planned" && expectedMs === undefined && nowMs - sinceMs > limits.hostAwayMs;
}
