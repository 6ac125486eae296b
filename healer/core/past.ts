/** What a healer has to remember over its own end, read from what it has journalled. */
import type { JournalEntry, SlotRepair } from "./actions.ts";
import type { Past, PastDrain, PastHost, PastRepair } from "./state.ts";
import { isWish } from "./wish.ts";

/** An entry, and how long ago it was written, which is never negative. */
export interface PastEntry {
  readonly agoMs: number;
  readonly entry: JournalEntry;
}

type Drained = Extract<JournalEntry, { kind: "drained" }>;

/** `entries`: in the order in which they were written. */
export function pastOf(entries: readonly PastEntry[]): Past {
  return {
    generation: entries.reduce((last, { entry }) => {
      return entry.kind === "repairBegun" ? Math.max(last, entry.generation) : last;
    }, 0),
    repairs: spentIn(entries),
    tried: triedIn(entries),
    unfinished: unfinishedIn(entries),
    failed: failedIn(entries),
    ...holdsIn(entries),
    drained: drainedIn(entries),
    hostDrain: hostDrainIn(entries),
    wasScaled: wasScaled(entries),
    cutShort: cutShortIn(entries),
    scaleFailures: scaleFailuresIn(entries),
    hosts: hostsIn(entries),
  };
}

function wasScaled(entries: readonly PastEntry[]): boolean {
  const last = entries.findLast(({ entry }) => entry.kind === "scaleBegun" || entry.kind === "drift");
  return last?.entry.kind === "scaleBegun";
}

/** A change whose update was begun, or may have been, and which no update since has brought to an end. */
function cutShortIn(entries: readonly PastEntry[]): Past["cutShort"] {
  let cutShort: Past["cutShort"];
  for (const { entry } of entries) {
    if (entry.kind === "scaleBegun") {
      const { workers, by, evacuated = {} } = entry;
      cutShort = { workers, by, evacuated, tries: 1 };
    }
    if (entry.kind === "scaleEnded" && (entry.outcome === "ok" || couldNotBegin.test(entry.outcome)))
      cutShort = undefined;
    if (entry.kind !== "scaleSettled" || cutShort === undefined || couldNotBegin.test(entry.outcome)) continue;
    cutShort = entry.outcome === "ok" ? undefined : { ...cutShort, tries: cutShort.tries + 1 };
  }
  return cutShort;
}

/** A change that was begun and has not come to its end is one that came to nothing: its healer may end so again and again. */
function scaleFailuresIn(entries: readonly PastEntry[]): Past["scaleFailures"] {
  let failures = { count: 0, agoMs: 0 };
  for (const { entry, agoMs } of entries) {
    if (entry.kind === "scaleBegun") failures = { count: failures.count + 1, agoMs };
    if (entry.kind === "scaleEnded") failures = { count: entry.outcome === "ok" ? 0 : failures.count, agoMs };
  }
  return failures;
}

function hostsIn(entries: readonly PastEntry[]): Past["hosts"] {
  const hosts: Record<string, PastHost> = {};
  for (const { entry, agoMs } of entries) {
    if (entry.kind === "page") {
      const [host = "", topic] = entry.topic.split(".");
      const told = hosts[host];
      if (topic === "hostAway" && told?.last) hosts[host] = { ...told, last: { ...told.last, isAwayTold: true } };
    }
    if (entry.kind !== "host" && entry.kind !== "hostTold") continue;
    const before = hosts[entry.host] ?? { workers: undefined, last: undefined, returnsAgoMs: [] };
    if (entry.kind === "hostTold") {
      hosts[entry.host] = { ...before, workers: entry.workers };
      continue;
    }
    const { status } = entry;
    const returnsAgoMs = status === "returned" ? [...before.returnsAgoMs, agoMs] : before.returnsAgoMs;
    hosts[entry.host] = { ...before, last: { ...entry, agoMs, isAwayTold: false }, returnsAgoMs };
  }
  return hosts;
}

function drainedIn(entries: readonly PastEntry[]): Past["drained"] {
  const drained = new Map<string, Past["drained"][number]>();
  for (const { entry, agoMs } of entries) {
    if (entry.kind === "drained") drained.set(entry.slot, pastDrain(entry, agoMs));
    if (entry.kind === "undrained") drained.delete(entry.slot);
    if (entry.kind === "hostDrainEnded") {
      for (const { slot, ofHost } of drained.values()) if (ofHost) drained.delete(slot);
    }
  }
  return [...drained.values()];
}

function pastDrain({ slot, by, ofHost }: Drained, agoMs: number): PastDrain {
  return { slot, by, ofHost, agoMs };
}

/** What was under way begins anew, with the address. */
function hostDrainIn(entries: readonly PastEntry[]): Past["hostDrain"] {
  let hostDrain: Past["hostDrain"];
  for (const { entry, agoMs } of entries) {
    if (entry.kind === "hostDrained") {
      const { by, reason } = entry;
      hostDrain = { by, reason, agoMs, phase: "moving" };
    }
    if (entry.kind === "hostDrainEnded") hostDrain = undefined;
    if (hostDrain !== undefined && entry.kind === "hostReady") hostDrain = { ...hostDrain, phase: "ready" };
    if (hostDrain !== undefined && entry.kind === "hostReturning") hostDrain = { ...hostDrain, phase: "returning" };
  }
  return hostDrain;
}

/** What could not begin has cost nothing, and says nothing of the repair. */
const couldNotBegin = /^(locked|preflight):/;

function spentIn(entries: readonly PastEntry[]): Past["repairs"] {
  let repairs: { slot: string; agoMs: number; generation: number }[] = [];
  for (const { entry, agoMs } of entries) {
    if (entry.kind === "repairBegun") {
      const { generation } = entry;
      const spent = entry.slots.filter(({ cause }) => !isWish(cause));
      repairs.push(...spent.map(({ slot }) => ({ slot, agoMs, generation })));
    }
    if (entry.kind !== "repairEnded" || !couldNotBegin.test(entry.outcome)) continue;
    repairs = repairs.filter(({ slot, generation }) => slot !== entry.slot || generation !== entry.generation);
  }
  return repairs;
}

/** One that was begun and never came to an end may not have been done at all: the next healer tries it again. */
function triedIn(entries: readonly PastEntry[]): readonly PastRepair[] {
  const begun = new Map<string, SlotRepair>();
  const tried = new Map<string, PastRepair>();
  for (const { entry, agoMs } of entries) {
    if (entry.kind === "repairBegun") for (const repair of entry.slots) begun.set(repair.slot, repair);
    if (entry.kind === "repairEnded" && !couldNotBegin.test(entry.outcome)) {
      const { slot, generation } = entry;
      const repair = begun.get(slot);
      if (repair !== undefined && !isWish(repair.cause))
        tried.set(slot, { ...repair, generation, helped: entry.outcome === "ok", greenForMs: undefined });
    }
    if (entry.kind !== "repairJudged" && entry.kind !== "status") continue;
    const last = tried.get(entry.slot);
    if (last === undefined) continue;
    if (entry.kind === "repairJudged" && entry.helped) tried.delete(entry.slot);
    if (entry.kind === "repairJudged" && !entry.helped)
      tried.set(entry.slot, { ...last, helped: false, greenForMs: undefined });
    if (entry.kind === "status" && entry.status === "green") tried.set(entry.slot, { ...last, greenForMs: agoMs });
  }
  return [...tried.values()];
}

/** A replacement whose healer died may have been brought to its end by its engine: the next check for drift tells. */
function unfinishedIn(entries: readonly PastEntry[]): Past["unfinished"] {
  let unfinished: { slot: string; generation: number }[] = [];
  for (const { entry } of entries) {
    if (entry.kind === "repairBegun") {
      const { generation } = entry;
      const replaced = entry.slots
        .filter(({ repair }) => repair === "replace")
        .map(({ slot }) => ({ slot, generation }));
      unfinished = [...unfinished.filter(({ slot }) => !replaced.some((one) => one.slot === slot)), ...replaced];
    }
    const { kind } = entry;
    if (kind === "repairEnded" && (entry.outcome === "ok" || couldNotBegin.test(entry.outcome))) {
      unfinished = unfinished.filter(({ slot, generation }) => slot !== entry.slot || generation !== entry.generation);
    }
    if (kind === "drift" && entry.clean === true) {
      unfinished = unfinished.filter(({ generation }) => generation > entry.generation);
    }
  }
  return unfinished;
}

function failedIn(entries: readonly PastEntry[]): readonly number[] {
  let failed: number[] = [];
  const wished = new Set<string>();
  for (const { entry } of entries) {
    if (entry.kind === "repairBegun") {
      for (const { slot, cause } of entry.slots) if (isWish(cause)) wished.add(`${entry.generation} ${slot}`);
    }
    if (entry.kind === "breaker" || (entry.kind === "resumed" && entry.slot === undefined)) failed = [];
    if (entry.kind !== "repairEnded" && entry.kind !== "repairJudged") continue;
    const { generation } = entry;
    if (wished.has(`${generation} ${entry.slot}`)) continue;
    if (entry.kind === "repairJudged" && entry.helped) failed = failed.filter((other) => other >= generation);
    const isFailure = entry.kind === "repairJudged" ? !entry.helped : !/^(ok$|locked:|preflight:)/.test(entry.outcome);
    if (isFailure && !failed.includes(generation)) failed.push(generation);
  }
  return failed;
}

type Holds = Pick<Past, "pausedForMs" | "pausedSlotsForMs" | "breakerForMs">;

const free: Holds = { pausedForMs: 0, pausedSlotsForMs: {}, breakerForMs: 0 };

function holdsIn(entries: readonly PastEntry[]): Holds {
  let holds = free;
  for (const { entry, agoMs } of entries) {
    if (entry.kind === "paused") holds = withPause(holds, entry.slot, Math.max(0, entry.forMs - agoMs));
    if (entry.kind === "breaker") holds = { ...holds, breakerForMs: Math.max(0, entry.openForMs - agoMs) };
    if (entry.kind === "resumed") holds = entry.slot === undefined ? free : withPause(holds, entry.slot, 0);
  }
  return holds;
}

function withPause(holds: Holds, slot: string | undefined, forMs: number): Holds {
  if (slot === undefined) return { ...holds, pausedForMs: forMs };
  return { ...holds, pausedSlotsForMs: { ...holds.pausedSlotsForMs, [slot]: forMs } };
}
