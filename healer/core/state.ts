import type { JournalEntry, Repair } from "./actions.ts";
import type { CauseName } from "./causes.ts";
import type { Room } from "./evacuation.ts";
import type { DriftResult, RepairFailure, RotateOutcome } from "./events.ts";
import type { HostFacts, Role, SlotFacts } from "./facts.ts";
import { type HostDrain, hostDrainAfter } from "./hostDrain.ts";
import type { Limits } from "./limits.ts";
import { alone, type OtherHost, otherHostsOf, type PlannedSite } from "./otherHost.ts";
import { awayPages, lossPages } from "./pages.ts";
import { later, takenUp } from "./scaling.ts";
import type { Evacuated } from "./standIns.ts";

/**
 * `unknown`: too little is known. `yellow`: something is wrong that may pass, or that nobody repairs. `red`: a repair is
 * due. `repairing`: it is under way. `settling`: it is done, and the slot has to show that it helped.
 */
export type Status = "unknown" | "green" | "yellow" | "red" | "repairing" | "settling";

export interface SlotState {
  readonly slot: string;
  readonly role: Role;
  /** The planned digest over the managed files; undefined if none are managed in this machine. */
  readonly plannedFiles: string | undefined;
  /** The other host for one of whose workers it stands in; undefined if it is one of this host's own. */
  readonly standsInFor: string | undefined;
  readonly facts: SlotFacts;
  readonly status: Status;
  readonly sinceMs: number;
  /** One sentence: why the status is what it is. */
  readonly sentence: string;
  /** Whether this healer has seen it well: only then is what is wrong now news, and not how the host came up. */
  readonly wasWell: boolean;
  /** What is thought to be wrong, and since when; it outlives a repair that did not help. */
  readonly suspicion: Suspicion | undefined;
  /** The repair under way, or the one that has yet to show that it helped. */
  readonly attempt: Attempt | undefined;
  /** The last repair that came to an end, until it has lasted: what comes back before that needs another one. */
  readonly tried: Tried | undefined;
  /** The last replacement, if it was not brought to its end and nothing has shown since that this left no difference. */
  readonly unfinished: Unfinished | undefined;
  /** What kept the last repair from beginning, until one begins. */
  readonly hindrance: { readonly code: RepairFailure; readonly reason: string } | undefined;
  /** When each repair of the budget's window began. */
  readonly repairsMs: readonly number[];
  /** When it last rebooted, and nobody here had begun that. */
  readonly rebootsMs: readonly number[];
  /** Until then no repair of this slot begins. */
  readonly waitUntilMs: number;
  /** The same, because a person wishes it. */
  readonly pausedUntilMs: number;
  /** That a person wants it replaced, until that begins or the wish is too old. */
  readonly wish: Wish | undefined;
  /** That a person wants it out of rotation, until they take that back. */
  readonly drain: Drain | undefined;
  /** What was last asked of it about its place in the rotation. */
  readonly rotation: Rotation | undefined;
}

export interface Wish {
  readonly by: string;
  readonly atMs: number;
}

export interface Drain extends Wish {
  /** It is drained because all of its host is, and comes back with it. */
  readonly ofHost?: true | undefined;
}

export interface Rotation {
  readonly generation: number;
  readonly to: "out" | "in";
  /** When it was asked, or has answered. */
  readonly atMs: number;
  /** Undefined until it has answered. */
  readonly outcome: RotateOutcome | undefined;
}

export interface Suspicion {
  readonly cause: CauseName;
  readonly detail: string;
  readonly sinceMs: number;
}

export interface Attempt {
  readonly generation: number;
  readonly cause: CauseName;
  readonly repair: Repair;
  readonly begunMs: number;
  /** Until then its result, or the sign that it helped, has to come. */
  readonly deadlineMs: number;
}

export interface Tried {
  readonly generation: number;
  readonly cause: CauseName;
  readonly repair: Repair;
  /** False once it is known that it did not help: what becomes well all the same does so without it. */
  readonly helped: boolean;
  /** Since when the slot has been green after it, without a break; undefined if it has not been, or is no more. */
  readonly greenMs: number | undefined;
  /** How long it has helped, if what it was to mend came back. */
  readonly lastedMs: number | undefined;
}

/** An update that failed or died on the way may have made what the engine's state does not know. */
export interface Unfinished {
  readonly generation: number;
  /** What a check for drift has found of it. */
  readonly found: string | undefined;
}

export interface State {
  readonly slots: Readonly<Record<string, SlotState>>;
  readonly host: HostFacts;
  /** When this healer began to listen. */
  readonly startedMs: number;
  /** Of the last repair; results of another one are stale. */
  readonly generation: number;
  /** The slots of the update under way: there is one at a time. */
  readonly updating: { readonly generation: number; readonly slots: readonly string[] } | undefined;
  /** The change of the number of workers that is under way; or done, until the plan that it deployed is healed. */
  readonly scaling: Scaling | undefined;
  readonly site: PlannedSite;
  /** By name. */
  readonly hosts: Readonly<Record<string, OtherHost>>;
  /** The workers that stand in for those of other hosts, as they are deployed. */
  readonly evacuated: Evacuated;
  /** When this host was last known to be cut off from all others; undefined if it never was. */
  readonly cutOffMs: number | undefined;
  /** What was last answered about more workers; undefined if nobody has asked since this plan was deployed. */
  readonly room: Room | undefined;
  /** How often in a row a change of the number of workers came to nothing, and when the next one that nobody wished may begin. */
  readonly evacuation: { readonly failures: number; readonly notBeforeMs: number };
  readonly vipMove: VipMove | undefined;
  /** That this host is to be switched off on purpose, until it has returned. */
  readonly hostDrain: HostDrain | undefined;
  readonly keptVip: KeptVip | undefined;
  /** When most workers were last silent together. */
  readonly massMs: number | undefined;
  /** The generations of the repairs that did not help, since one did and lasted. */
  readonly failed: readonly number[];
  readonly breakerUntilMs: number;
  readonly pausedUntilMs: number;
  /** What the last drift check found. */
  readonly drift: DriftResult | undefined;
  /** When it is checked next, unless a repair ends before. */
  readonly nextDriftMs: number;
  /** What persons have been told and is still so: topic to sentence. */
  readonly pages: Readonly<Record<string, string>>;
}

export interface Scaling {
  /** In all. */
  readonly workers: number;
  /** Those of them that stand in for others. */
  readonly evacuated: Evacuated;
  /** The host that has returned, if this is why there are to be fewer. */
  readonly givesBackTo: string | undefined;
  readonly by: string;
  readonly atMs: number;
  /** Those that are removed: drained first, and then nobody's to repair. */
  readonly leaving: readonly string[];
  /** `draining`, then `updating`, then `done`. */
  readonly phase: "draining" | "updating" | "done";
  /**
   * How often an update was tried that was cut short. From the first on it is brought to an end that only removes: at the
   * fewer workers of the two numbers.
   */
  readonly tries: number;
  /** One that was cut short is not tried again before this. */
  readonly notBeforeMs: number;
}

/** A planned move of the service's address away from this host. */
export interface VipMove {
  readonly slot: string;
  readonly generation: number;
  /** When the update began; or ended, and what the heartbeats say is waited for. */
  readonly atMs: number;
  readonly phase: "updating" | "looking";
}

/** That a balancer could not yield the address when it was last asked, and why. */
export interface KeptVip {
  readonly slot: string;
  readonly atMs: number;
  readonly why: string;
}

export interface PlannedSlot {
  readonly slot: string;
  readonly role: Role;
  readonly plannedFiles: string | undefined;
  readonly standsInFor?: string;
}

/** What a healer remembers of the time before its own start, as ages. */
export interface Past {
  readonly generation: number;
  readonly repairs: readonly { readonly slot: string; readonly agoMs: number }[];
  /** Of each slot at most the last one. */
  readonly tried: readonly PastRepair[];
  readonly unfinished: readonly { readonly slot: string; readonly generation: number }[];
  readonly failed: readonly number[];
  readonly pausedForMs: number;
  /** By slot. */
  readonly pausedSlotsForMs: Readonly<Record<string, number>>;
  readonly breakerForMs: number;
  /** The number of workers was changed, and drift was not checked since. */
  readonly wasScaled: boolean;
  /** The last change of the number of workers, if nothing says that it came to an end. */
  readonly cutShort: Pick<Scaling, "workers" | "by" | "tries" | "evacuated"> | undefined;
  /** How many changes of that number came to nothing in a row, and how long ago the last of them was. */
  readonly scaleFailures: { readonly count: number; readonly agoMs: number };
  /** By name, of the other hosts. */
  readonly hosts: Readonly<Record<string, PastHost>>;
  readonly drained: readonly PastDrain[];
  readonly hostDrain: (Pick<HostDrain, "by" | "reason" | "phase"> & { readonly agoMs: number }) | undefined;
}

export interface PastDrain extends Pick<Drain, "by" | "ofHost"> {
  readonly slot: string;
  readonly agoMs: number;
}

export interface PastHost {
  readonly workers: number | undefined;
  readonly last: PastStatus | undefined;
  readonly returnsAgoMs: readonly number[];
}

export interface PastStatus
  extends Pick<Extract<JournalEntry, { kind: "host" }>, "status" | "sentence" | "expectedForMs"> {
  readonly agoMs: number;
  /** Whether a person was told that it is away for long. */
  readonly isAwayTold: boolean;
}

export interface PastRepair extends Omit<Tried, "greenMs" | "lastedMs"> {
  readonly slot: string;
  readonly greenForMs: number | undefined;
}

/** By then a host that has just booted is quiet. */
const firstDriftMs = 5 * 60_000;

export const noPast: Past = {
  ...{ generation: 0, repairs: [], tried: [], unfinished: [], failed: [] },
  ...{ pausedForMs: 0, pausedSlotsForMs: {}, breakerForMs: 0, drained: [], wasScaled: false, cutShort: undefined },
  ...{ scaleFailures: { count: 0, agoMs: 0 }, hosts: {}, hostDrain: undefined },
};

/** `site`: without it the host has no others. */
export function initialState(
  planned: readonly PlannedSlot[],
  past: Past,
  nowMs: number,
  limits: Limits,
  site: PlannedSite = alone,
): State {
  const evacuated = evacuatedIn(planned);
  const hosts = otherHostsOf(site, past, nowMs);
  const slots = planned.map(({ slot, role, plannedFiles, standsInFor }): [string, SlotState] => {
    const repairsMs = past.repairs.filter((repair) => repair.slot === slot).map(({ agoMs }) => nowMs - agoMs);
    const unfinished = past.unfinished.find((one) => one.slot === slot);
    const unknown = { status: "unknown", sinceMs: nowMs, sentence: "I have only just begun to listen" } as const;
    const idle = {
      wasWell: false,
      suspicion: undefined,
      attempt: undefined,
      tried: triedOf(past, slot, nowMs),
      unfinished: unfinished && { generation: unfinished.generation, found: undefined },
      hindrance: undefined,
      repairsMs,
      rebootsMs: [],
      waitUntilMs: nowMs,
      pausedUntilMs: nowMs + (past.pausedSlotsForMs[slot] ?? 0),
      wish: undefined,
      drain: drainOf(past, slot, nowMs),
      rotation: undefined,
    };
    return [slot, { slot, role, plannedFiles, standsInFor, facts: {}, ...unknown, ...idle }];
  });
  return {
    slots: Object.fromEntries(slots),
    host: { deafUntilMs: nowMs },
    startedMs: nowMs,
    generation: past.generation,
    updating: undefined,
    scaling: scalingOf(planned, past, evacuated, nowMs),
    site,
    hosts,
    evacuated,
    cutOffMs: undefined,
    room: undefined,
    evacuation: later(past.scaleFailures.count, limits, nowMs - past.scaleFailures.agoMs),
    vipMove: undefined,
    hostDrain: hostDrainAfter(past, nowMs),
    keptVip: undefined,
    massMs: undefined,
    failed: past.failed,
    breakerUntilMs: nowMs + past.breakerForMs,
    pausedUntilMs: nowMs + past.pausedForMs,
    drift: undefined,
    nextDriftMs: past.unfinished.length > 0 || past.wasScaled ? nowMs : nowMs + firstDriftMs,
    // Whoever was told that a host is lost, or away for long, knows it.
    pages: { ...lossPages(hosts), ...awayPages(toldAway(hosts, past)) },
  };
}

/** What an earlier healer's engine has brought to its end alone is deployed, and needs no other end. */
function scalingOf(
  planned: readonly PlannedSlot[],
  { cutShort }: Past,
  evacuated: Evacuated,
  nowMs: number,
): Scaling | undefined {
  const workers = planned.filter(({ role }) => role === "worker").length;
  return cutShort === undefined || cutShort.workers === workers
    ? undefined
    : takenUp(planned, cutShort, evacuated, nowMs);
}

function toldAway(hosts: State["hosts"], past: Past): OtherHost[] {
  return Object.values(hosts).filter(({ host }) => past.hosts[host]?.last?.isAwayTold);
}

function evacuatedIn(planned: readonly PlannedSlot[]): Evacuated {
  const evacuated: Record<string, number> = {};
  for (const { standsInFor } of planned) {
    if (standsInFor !== undefined) evacuated[standsInFor] = (evacuated[standsInFor] ?? 0) + 1;
  }
  return evacuated;
}

function drainOf({ drained }: Past, name: string, nowMs: number): Drain | undefined {
  const last = drained.find(({ slot }) => slot === name);
  return last && { by: last.by, atMs: nowMs - last.agoMs, ofHost: last.ofHost };
}

function triedOf({ tried }: Past, name: string, nowMs: number): Tried | undefined {
  const last = tried.find(({ slot }) => slot === name);
  if (last === undefined) return undefined;
  const { generation, cause, repair, helped, greenForMs } = last;
  const greenMs = greenForMs === undefined ? undefined : nowMs - greenForMs;
  return { generation, cause, repair, helped, greenMs, lastedMs: undefined };
}
