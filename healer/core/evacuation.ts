/**
 * Workers that stand in for those of a lost host. Each host that is left makes its share, which follows from the plan and from
 * who is lost, so that nobody has to be asked; when the host has come back and is well, they are given back one by one. Both take the one
 * way of every change of the number of workers.
 */
import type { Action } from "./actions.ts";
import type { Event } from "./events.ts";
import type { Limits } from "./limits.ts";
import { greenForMs, greenNeededMs, isIsolated, type OtherHost, type PlannedSite } from "./otherHost.ts";
import { beginScaling, stopScaling, unwishedRefusal } from "./scaling.ts";
import { slotsOf } from "./slotsOf.ts";
import { type Evacuated, standInsOf } from "./standIns.ts";
import type { State } from "./state.ts";

interface Kept {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** How much room there is for workers, as it was asked last. */
export interface Room {
  /** So many in all were asked for. */
  readonly workers: number;
  readonly atMs: number;
  readonly isAnswered: boolean;
  /** So many of them fit, by the last answer; undefined until there is one. */
  readonly fits: number | undefined;
  /** What there was too little of. That it is asked again does not end a page that says so. */
  readonly lack: string | undefined;
}

/** How many of a lost host's workers are this host's to make, when the hosts that are not gone make all of them. */
export function shareOf({ host, others }: PlannedSite, gone: ReadonlySet<string>, workers: number): number {
  const left = [host, ...Object.keys(others)].filter((name) => !gone.has(name)).toSorted();
  const more = left.indexOf(host) < workers % left.length ? 1 : 0;
  return Math.floor(workers / left.length) + more;
}

/** How many workers should stand in for a host here, by what is known of it now; undefined if nobody has said how many it has. */
export function wantedFor(
  { host, workers }: OtherHost,
  { site, hosts }: Pick<State, "site" | "hosts">,
): number | undefined {
  const known = workers ?? site.others[host];
  if (known === undefined) return undefined;
  const gone = Object.values(hosts).filter(({ status }) => status === "lost" || status === "planned");
  return shareOf(site, new Set([host, ...gone.map((other) => other.host)]), known);
}

export function hearRoom(state: State, { workers, fits, lack }: Extract<Event, { kind: "room" }>): State {
  if (state.room?.workers !== workers) return state;
  return { ...state, room: { ...state.room, isAnswered: true, fits, lack } };
}

/** Stands in for the lost, and gives back to those who have returned; one change at a time. */
export function keepEvacuation(before: State, limits: Limits, nowMs: number): Kept {
  // What there was too little of at one loss says nothing of the next.
  const state = before.room !== undefined && missingIn(before) <= 0 ? { ...before, room: undefined } : before;
  const unchanged = { state, actions: [] };
  const { scaling, evacuation } = state;
  if (Object.keys(state.hosts).length === 0 && standInsOf(state) === 0) return unchanged;
  if (scaling !== undefined) return keepScaling(state, limits, nowMs);
  if (nowMs < evacuation.notBeforeMs) return unchanged;
  return standIn(state, limits, nowMs) ?? giveBack(state, limits, nowMs) ?? unchanged;
}

/** A host that falls silent again while workers are drained for it gets to keep them. */
function keepScaling(state: State, limits: Limits, nowMs: number): Kept {
  const { scaling } = state;
  const isOpen = scaling?.phase === "draining" && scaling.tries === 0 && scaling.givesBackTo !== undefined;
  const host = isOpen ? state.hosts[scaling.givesBackTo ?? ""] : undefined;
  if (host === undefined || host.status === "returned") return { state, actions: [] };
  return stopScaling(state, `${host.host} is ${host.status} again`, limits, nowMs);
}

/** The workers that should stand in, by host; what is there already stays. */
function wantedIn(state: State): Evacuated {
  const wanted: Record<string, number> = { ...state.evacuated };
  for (const host of Object.values(state.hosts)) {
    if (host.status !== "lost") continue;
    const share = Math.max(wantedFor(host, state) ?? 0, wanted[host.host] ?? 0);
    if (share > 0) wanted[host.host] = share;
  }
  return wanted;
}

function missingIn(state: State): number {
  return standInsOf({ evacuated: wantedIn(state) }) - standInsOf(state);
}

function standIn(state: State, limits: Limits, nowMs: number): Kept | undefined {
  const wanted = wantedIn(state);
  const missing = missingIn(state);
  if (missing <= 0 || isIsolated(state, limits, nowMs) !== false) return undefined;
  const there = workersThere(state);
  const workers = there + missing;
  if (unwishedRefusal(state, workers, limits, nowMs) !== undefined) return undefined;
  const { room } = state;
  if (room === undefined || room.workers !== workers || nowMs - room.atMs >= limits.roomRetryMs) {
    const asked = { workers, atMs: nowMs, isAnswered: false, fits: room?.fits, lack: room?.lack };
    return { state: { ...state, room: asked }, actions: [{ kind: "askRoom", workers }] };
  }
  if (!room.isAnswered || room.fits === undefined || room.fits <= there) return undefined;
  const evacuated = filled(state.evacuated, wanted, Math.min(room.fits, workers) - there);
  const lost = Object.keys(evacuated).filter((host) => evacuated[host] !== state.evacuated[host]);
  const wish = { workers: there + standInsOf({ evacuated }) - standInsOf(state), evacuated, givesBackTo: undefined };
  return beginScaling(state, { ...wish, by: `the loss of ${lost.join(" and ")}` }, nowMs);
}

/** As many of the wanted ones as fit, host by host. */
function filled(evacuated: Evacuated, wanted: Evacuated, fits: number): Evacuated {
  const next: Record<string, number> = { ...evacuated };
  let left = fits;
  for (const host of Object.keys(wanted).toSorted()) {
    const added = Math.min(left, (wanted[host] ?? 0) - (next[host] ?? 0));
    if (added <= 0) continue;
    next[host] = (next[host] ?? 0) + added;
    left -= added;
  }
  return next;
}

/** The next one goes when all that the last one has changed has been looked at. */
function giveBack(state: State, limits: Limits, nowMs: number): Kept | undefined {
  const host = Object.keys(state.evacuated)
    .toSorted()
    .find((name) => isDue(state, name, limits, nowMs));
  if (host === undefined || state.drift === undefined) return undefined;
  const workers = workersThere(state) - 1;
  if (unwishedRefusal(state, workers, limits, nowMs) !== undefined) return undefined;
  const { [host]: count = 0, ...others } = state.evacuated;
  const evacuated = count > 1 ? { ...others, [host]: count - 1 } : others;
  return beginScaling(state, { workers, evacuated, givesBackTo: host, by: `the return of ${host}` }, nowMs);
}

/** For a host that the site no longer has nobody stands in. */
function isDue(state: State, name: string, limits: Limits, nowMs: number): boolean {
  const host = state.hosts[name];
  if (host === undefined) return true;
  return greenForMs(host, nowMs) >= greenNeededMs(host, limits, nowMs);
}

/** That fewer workers stand in than should, because no more fit; undefined if that is not so. */
export function hasTooLittleRoom(state: State): string | undefined {
  const { room } = state;
  const missing = missingIn(state);
  if (room?.lack === undefined || missing <= 0 || (room.fits ?? 0) > workersThere(state)) return undefined;
  return `for ${missing} more of a lost host's workers there is no room here: ${room.lack}`;
}

function workersThere(state: State): number {
  return slotsOf(state).filter(({ role }) => role === "worker").length;
}
