import { wantedFor } from "../core/evacuation.ts";
import type { Limits } from "../core/limits.ts";
import { greenForMs, greenNeededMs, isIsolated, type OtherHost } from "../core/otherHost.ts";
import { unwishedRefusal } from "../core/scaling.ts";
import type { State } from "../core/state.ts";
import type { OtherHostView } from "./hostSchemas.ts";
import { distanceMs, type Moment, wallTime } from "./moment.ts";
import { spellDuration } from "./spellDuration.ts";
import type { Known } from "./subject.ts";

/** What is believed of another host, what was done about it here, and what comes next. */
export function hostView(
  other: OtherHost,
  { state, limits }: Pick<Known, "state" | "limits">,
  moment: Moment,
): OtherHostView {
  const { host, status, sinceMs, sentence } = other;
  const standIns = standInsFor(host, state);
  return {
    host,
    status,
    since: wallTime(moment, sinceMs),
    forMs: distanceMs(moment, sinceMs),
    sentence,
    standIns,
    done: doneOf(standIns),
    next: nextOf(other, standIns, state, limits, moment),
  };
}

function standInsFor(host: string, { slots }: State): string[] {
  return Object.values(slots).flatMap(({ slot, standsInFor }) => (standsInFor === host ? [slot] : []));
}

function doneOf(standIns: readonly string[]): string {
  if (standIns.length === 0) return "nothing stands in for its workers here";
  return `${standIns.join(", ")} ${standIns.length === 1 ? "stands" : "stand"} in for its workers here`;
}

function nextOf(other: OtherHost, standIns: readonly string[], state: State, limits: Limits, moment: Moment): string {
  const { nowMs } = moment;
  switch (other.status) {
    case "lost":
      return nextOfLost(other, standIns, state, limits, nowMs);
    case "returned":
      return standIns.length === 0 ? "nothing is to be done" : nextOfReturned(other, state, limits, nowMs);
    case "isolated":
      return "nothing is made in its place while this host is cut off";
    case "planned":
      return standIns.length === 0 ? nextOfPlanned(other, moment) : "they stay until it is back";
    case "heard":
    case "unheard":
    case "silent":
      return standIns.length === 0 ? "nothing is to be done" : "they stay until it is back";
  }
}

function nextOfPlanned({ host, expectedMs }: OtherHost, moment: Moment): string {
  if (expectedMs === undefined) return `nothing is made in its place until \`vigil host return ${host}\` there`;
  const until = wallTime(moment, expectedMs).slice(11, 19);
  return `it is expected back by ${until} UTC; from then on its silence counts like any other's`;
}

function nextOfLost(
  other: OtherHost,
  standIns: readonly string[],
  state: State,
  limits: Limits,
  nowMs: number,
): string {
  const wanted = wantedFor(other, state);
  if (wanted === undefined) {
    return `nothing is made: nobody has said how many workers it has; state vigil:site.hosts.${other.host}.workers`;
  }
  const missing = wanted - standIns.length;
  if (missing <= 0) {
    const greenMs = greenNeededMs(other, limits, nowMs);
    return `what stands in for it goes one by one when it is back and has been well for ${spellDuration(greenMs)}`;
  }
  const { scaling, evacuation, room } = state;
  const what = `${missing} of its workers ${missing === 1 ? "is" : "are"}`;
  if (scaling !== undefined)
    return `${what} to be made here; ${scaling.by} has asked for ${scaling.workers} workers in all`;
  const waitMs = evacuation.notBeforeMs - nowMs;
  if (waitMs > 0) return `${what} to be made here, tried again in ${spellDuration(waitMs)}`;
  if (isIsolated(state, limits, nowMs) !== false)
    return `${what} to be made here, once it is known that this host is not cut off`;
  const refusal = unwishedRefusal(state, workersOf(state) + missing, limits, nowMs);
  if (refusal !== undefined) return `${what} to be made here; it waits: ${refusal}`;
  if (room?.lack !== undefined) return `${what} not made here: ${room.lack}`;
  return `${what} made here in a moment`;
}

function nextOfReturned(other: OtherHost, state: State, limits: Limits, nowMs: number): string {
  const { scaling, evacuation, drift } = state;
  if (scaling?.givesBackTo === other.host) return "one of them is drained and removed";
  if (other.peer?.wellSinceMs === undefined) return "they stay until all its own workers are green and get requests";
  const waitMs = greenNeededMs(other, limits, nowMs) - greenForMs(other, nowMs);
  if (waitMs > 0) return `they go one by one, the first in ${spellDuration(waitMs)} if it is well until then`;
  const againMs = evacuation.notBeforeMs - nowMs;
  if (againMs > 0) return `the last one could not be given back; it is tried again in ${spellDuration(againMs)}`;
  const refusal = unwishedRefusal(state, workersOf(state) - 1, limits, nowMs);
  if (refusal !== undefined) return `the next one waits: ${refusal}`;
  return drift === undefined
    ? "the next one goes when drift has been looked for"
    : "the next one goes when this host is at rest";
}

function workersOf({ slots }: State): number {
  return Object.values(slots).filter(({ role }) => role === "worker").length;
}
