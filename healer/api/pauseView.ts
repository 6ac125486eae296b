import type { PauseWish } from "../history/history.ts";
import { distanceMs, type Moment, wallTime } from "./moment.ts";
import type { Status } from "./schemas.ts";

/** Undefined if it is over. */
export function untilView(untilMs: number, moment: Moment): Status["breaker"] {
  if (untilMs <= moment.nowMs) return undefined;
  return { until: wallTime(moment, untilMs), forMs: distanceMs(moment, untilMs) };
}

/** Undefined if it is over. `wish`: the last one; who wished is forgotten with the journal's oldest file. */
export function pauseView(untilMs: number, wish: PauseWish | undefined, moment: Moment): Status["paused"] {
  const until = untilView(untilMs, moment);
  return until && { ...until, by: wish?.by };
}
