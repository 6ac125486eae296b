/**
 * What has happened, folded from the journal: one incident per slot from the first sign that something is wrong until it
 * is well again, with all that was tried. It is a pure function of the entries, so any reader of a journal gets the same.
 */
import {
  type ChangeRecord,
  changeEnded,
  failureIn,
  type HostDrainRecord,
  isDeployed,
  type ScaleRecord,
  settled,
} from "./changes.ts";
import { type HistoryEntry, historyEntryOf } from "./historyEntry.ts";
import { type Losses, noLosses, withHost, withLack, withStandIns } from "./losses.ts";

export interface History {
  /** The number of the last entry that is in it. */
  readonly seq: number;
  /** By slot. */
  readonly open: Readonly<Record<string, Incident>>;
  /** Newest last. */
  readonly closed: readonly Incident[];
  /** Since when a slot has been silent without a cause: if it is given one, the incident began then. */
  readonly silentSince: Readonly<Record<string, string>>;
  /** When a person was last told of a topic. */
  readonly pagedAt: Readonly<Record<string, string>>;
  /** The last wish to pause each slot, and the one to pause all, whether or not it is over. */
  readonly pauses: Readonly<Record<string, PauseWish>>;
  /** The last change of the number of workers. */
  readonly scale: ScaleRecord | undefined;
  /** The last planned move of the service's address away from here. */
  readonly vipMove: ChangeRecord | undefined;
  /** The last time that this host was taken out of service on purpose. It outlives healers, and so no start cuts it off. */
  readonly hostDrain: HostDrainRecord | undefined;
  /** Other hosts that were lost. Like a host that is drained, they outlive healers. */
  readonly losses: Losses;
}

export interface PauseWish {
  readonly by: string;
  readonly at: string;
  readonly forMs: number;
}

/** What a wish that names no slot is for; no slot has this name. */
export const allSlots = "all";

export interface Incident {
  /** The number of the entry that opened it. */
  readonly id: number;
  readonly slot: string;
  readonly cause: string;
  readonly sentence: string;
  readonly begunAt: string;
  readonly endedAt?: string;
  readonly tookMs?: number;
  readonly repairs: readonly RepairRecord[];
  /** `open`: it lasts. `repaired`: a repair helped. `passed`: it went without one. `gone`: its slot is no longer planned. */
  readonly outcome: "open" | "repaired" | "passed" | "gone";
  /** What the check after its last repair found. */
  readonly drift?: { readonly verdict: DriftVerdict; readonly sentence: string };
}

export type DriftVerdict = "none" | "found" | "unknown";

/** One repair of one slot. Slots that were repaired by the same update share its number. */
export interface RepairRecord {
  readonly number: number;
  readonly repair: string;
  /** All slots of the same update, this one too. */
  readonly slots: readonly string[];
  readonly sentence: string;
  readonly begunAt: string;
  readonly endedAt?: string;
  readonly tookMs?: number;
  readonly outcome: RepairState;
  /** Why it came to nothing. */
  readonly reason?: string;
}

/**
 * `underWay`, then `settling`: it is done, and has to show that it helped; then `helped` or `didNotHelp`. `locked`,
 * `preflight`, `deadline` and `failed` are its own words. `noResult`: it never answered. `cutOff`: the healer ended first.
 */
export type RepairState =
  | "underWay"
  | "settling"
  | "helped"
  | "didNotHelp"
  | "locked"
  | "preflight"
  | "deadline"
  | "failed"
  | "noResult"
  | "cutOff";

/** Older incidents are forgotten here; the journal itself may still have them. */
export const maxClosed = 500;

export const noHistory: History = {
  seq: 0,
  open: {},
  closed: [],
  silentSince: {},
  pagedAt: {},
  pauses: {},
  scale: undefined,
  vipMove: undefined,
  hostDrain: undefined,
  losses: noLosses,
};

/** Adds a line of the journal. One that is in it already, or that says nothing of incidents, changes nothing but the number. */
export function withLine(history: History, line: { readonly seq: number; readonly at: string }): History {
  if (line.seq <= history.seq) return history;
  const entry = historyEntryOf(line);
  const next = entry === undefined ? history : withEntry(history, entry);
  return { ...next, seq: line.seq };
}

/** All incidents, newest first. */
export function incidentsOf({ open, closed }: History): Incident[] {
  return [...closed, ...Object.values(open)].toSorted((one, other) => other.id - one.id);
}

function withEntry(history: History, entry: HistoryEntry): History {
  switch (entry.kind) {
    case "started":
      return restart(history, entry);
    case "status":
      return withStatus(history, entry);
    case "repairBegun":
      return withRepairs(history, entry);
    case "repairEnded":
      return change(history, entry.slot, (incident) => {
        return withLast(incident, entry.generation, (last) => ended(last, entry.at, entry.outcome));
      });
    case "drift":
      return withDrift(history, entry);
    case "page":
      return withPage(history, entry);
    case "host":
      return { ...history, losses: withHost(history.losses, entry) };
    case "scaleBegun": {
      const { seq: id, workers, by, at: begunAt } = entry;
      return { ...history, scale: { id, workers, by, begunAt, outcome: "underWay" } };
    }
    case "scaleEnded":
      return { ...history, scale: changeEnded(history.scale, entry.at, entry.outcome) };
    case "scaleSettled":
      return { ...history, scale: settled(history.scale, entry) };
    case "progress": {
      const { scale } = history;
      if (scale?.outcome !== "underWay") return history;
      return { ...history, scale: { ...scale, step: `${entry.op} ${entry.resource}: ${entry.phase}` } };
    }
    case "vipMoveBegun":
      return { ...history, vipMove: { id: entry.seq, by: entry.by, begunAt: entry.at, outcome: "underWay" } };
    case "vipMoveEnded":
      return { ...history, vipMove: changeEnded(history.vipMove, entry.at, entry.outcome) };
    case "hostDrained": {
      const { seq: id, by, reason: why, at: begunAt } = entry;
      return { ...history, hostDrain: { id, by, why, begunAt, outcome: "underWay" } };
    }
    case "hostDrainEnded":
      return { ...history, hostDrain: changeEnded(history.hostDrain, entry.at, entry.outcome) };
    case "paused": {
      const { slot = allSlots, by, at, forMs } = entry;
      return { ...history, pauses: { ...history.pauses, [slot]: { by, at, forMs } } };
    }
  }
}

/** What an earlier healer had under way came to an end that nobody saw; what is no longer planned is nobody's trouble. */
function restart(history: History, entry: Of<"started">): History {
  const { at, slots } = entry;
  const planned = slots === undefined ? undefined : new Set(slots);
  let next: History = {
    ...history,
    silentSince: {},
    scale: changeEnded(history.scale, at, isDeployed(history.scale, slots) ? "ok" : "cutOff: "),
    vipMove: changeEnded(history.vipMove, at, "cutOff: "),
    losses: withStandIns(history.losses, entry),
  };
  for (const slot of Object.keys(history.open)) {
    next = change(next, slot, (incident) => withLast(incident, undefined, (last) => concluded(last, at, "cutOff")));
    if (planned !== undefined && !planned.has(slot)) next = close(next, slot, at, "gone");
  }
  return next;
}

function withPage(history: History, { topic, sentence, at }: Of<"page">): History {
  const told = { ...history, pagedAt: { ...history.pagedAt, [topic]: at } };
  if (topic !== "standInRoom" || sentence === undefined) return told;
  return { ...told, losses: withLack(history.losses, sentence) };
}

function withStatus(history: History, entry: Of<"status">): History {
  const { slot, status, at } = entry;
  if (history.open[slot] !== undefined) return withStatusOfOpen(history, entry);
  const isSilent = status === "yellow" && entry.cause === undefined;
  if (isSilent) return { ...history, silentSince: { ...history.silentSince, [slot]: at } };
  const { [slot]: silentSince, ...others } = history.silentSince;
  if (entry.cause === undefined || status === "green") return { ...history, silentSince: others };
  const incident: Incident = {
    id: entry.seq,
    slot,
    cause: entry.cause,
    sentence: entry.sentence,
    begunAt: silentSince ?? at,
    repairs: [],
    outcome: "open",
  };
  return { ...history, silentSince: others, open: { ...history.open, [slot]: incident } };
}

function withStatusOfOpen(history: History, { slot, status, cause, sentence, at }: Of<"status">): History {
  const isGreen = status === "green";
  const next = change(history, slot, (incident) => {
    const isFirstRed = status === "red" && incident.repairs.length === 0;
    const named = isFirstRed && cause !== undefined ? { ...incident, cause, sentence } : incident;
    if (status === "repairing" || status === "settling") return named;
    return withLast(named, undefined, (last) => {
      if (last.outcome === "settling") return concluded(last, at, isGreen ? "helped" : "didNotHelp");
      // The status of a repair that is given up comes without any word of the repair itself.
      return last.outcome === "underWay" ? concluded(last, at, "noResult") : last;
    });
  });
  if (!isGreen) return next;
  const helped = next.open[slot]?.repairs.at(-1)?.outcome === "helped";
  return close(next, slot, at, helped ? "repaired" : "passed");
}

function withRepairs(history: History, { generation, slots, at }: Of<"repairBegun">): History {
  const names = slots.map(({ slot }) => slot);
  return slots.reduce((next, { slot, repair, sentence }) => {
    const record: RepairRecord = {
      number: generation,
      repair,
      slots: names,
      sentence,
      begunAt: at,
      outcome: "underWay",
    };
    return change(next, slot, (incident) => ({ ...incident, repairs: [...incident.repairs, record] }));
  }, history);
}

function ended(record: RepairRecord, at: string, outcome: string): RepairRecord {
  if (outcome === "ok") return { ...record, outcome: "settling" };
  const { code, reason } = failureIn(outcome);
  return { ...concluded(record, at, code), reason };
}

function concluded(record: RepairRecord, at: string, outcome: RepairState): RepairRecord {
  if (record.outcome !== "underWay" && record.outcome !== "settling") return record;
  return { ...record, outcome, endedAt: at, tookMs: between(record.begunAt, at) };
}

/** A verdict on a repair stands; that it could not be judged does not. */
function withDrift(history: History, { generation, clean, sentence }: Of<"drift">): History {
  const verdict: DriftVerdict = clean === undefined ? "unknown" : clean ? "none" : "found";
  const judge = (incident: Incident): Incident => {
    const isOfRepair = incident.repairs.at(-1)?.number === generation;
    const isOpenQuestion = incident.drift === undefined || incident.drift.verdict === "unknown";
    return isOfRepair && isOpenQuestion ? { ...incident, drift: { verdict, sentence } } : incident;
  };
  return {
    ...history,
    closed: history.closed.map(judge),
    open: Object.fromEntries(Object.entries(history.open).map(([slot, incident]) => [slot, judge(incident)])),
  };
}

function close(history: History, slot: string, at: string, outcome: "repaired" | "passed" | "gone"): History {
  const { [slot]: incident, ...open } = history.open;
  if (incident === undefined) return history;
  const done: Incident = { ...incident, outcome, endedAt: at, tookMs: between(incident.begunAt, at) };
  return { ...history, open, closed: [...history.closed, done].slice(-maxClosed) };
}

function change(history: History, slot: string, how: (incident: Incident) => Incident): History {
  const incident = history.open[slot];
  return incident === undefined ? history : { ...history, open: { ...history.open, [slot]: how(incident) } };
}

/** `number`: only if the last repair is that one. */
function withLast(incident: Incident, number: number | undefined, how: (last: RepairRecord) => RepairRecord): Incident {
  const last = incident.repairs.at(-1);
  if (last === undefined || (number !== undefined && last.number !== number)) return incident;
  return { ...incident, repairs: [...incident.repairs.slice(0, -1), how(last)] };
}

/** The journal's times are those of a wall clock, which may be set back. */
function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

type Of<Kind extends HistoryEntry["kind"]> = Extract<HistoryEntry, { kind: Kind }>;
