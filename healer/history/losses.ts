/** Other hosts that were lost: each from the first word of it until all that stood in for it here was given back. */
import type { HistoryEntry } from "./historyEntry.ts";

export interface LossRecord {
  /** The number of the entry that began it. */
  readonly id: number;
  readonly host: string;
  /** Why it was believed to be lost. */
  readonly sentence: string;
  readonly begunAt: string;
  /** All machines of this host that have stood in for its workers. */
  readonly standIns: readonly string[];
  /** When the first of them were there. */
  readonly madeAt?: string;
  /** Why not as many were made as should have been, when a person was last told of it. */
  readonly lack?: string;
  /** When it was heard again. */
  readonly returnedAt?: string;
  /** When it was not believed to be lost any more, or was no host of the site any more, and nothing stood in for it. */
  readonly endedAt?: string;
  readonly tookMs?: number;
  /** What it was last believed to be. */
  readonly status: string;
}

export interface Losses {
  /** By host. */
  readonly open: Readonly<Record<string, LossRecord>>;
  /** Newest last. */
  readonly closed: readonly LossRecord[];
  /** The hosts for which machines stand in here now. */
  readonly stoodInFor: readonly string[];
}

/** Older ones are forgotten here; the journal itself may still have them. */
export const maxLosses = 100;

export const noLosses: Losses = { open: {}, closed: [], stoodInFor: [] };

/** All, newest first. */
export function lossesOf({ open, closed }: Losses): LossRecord[] {
  return [...closed, ...Object.values(open)].toSorted((one, other) => other.id - one.id);
}

/** What another host is believed to be now. One that is lost again while it is stood in for is the same loss. */
export function withHost(losses: Losses, { seq, at, host, status, sentence }: Of<"host">): Losses {
  const isLost = status === "lost";
  const begun: LossRecord | undefined = isLost
    ? { id: seq, host, sentence, begunAt: at, standIns: [], status }
    : undefined;
  const before = losses.open[host] ?? begun;
  if (before === undefined) return losses;
  const { returnedAt, ...rest } = before;
  const isBack = status === "returned" || status === "heard";
  const backAt = isLost ? undefined : (returnedAt ?? (isBack ? at : undefined));
  const record = { ...rest, status, ...(backAt === undefined ? {} : { returnedAt: backAt }) };
  return settled({ ...losses, open: { ...losses.open, [host]: record } }, at);
}

/** A healer has begun with what is deployed: so much stands in now, and these are the other hosts. */
export function withStandIns(losses: Losses, { at, standIns, others }: Of<"started">): Losses {
  if (standIns === undefined) return losses;
  let next: Losses = { ...losses, stoodInFor: [...new Set(Object.values(standIns))] };
  for (const host of next.stoodInFor) {
    next = reopened(next, host);
    const record = next.open[host];
    if (record === undefined) continue;
    const made = Object.keys(standIns).filter((slot) => standIns[slot] === host);
    const all = [...new Set([...record.standIns, ...made])];
    next = { ...next, open: { ...next.open, [host]: { ...record, standIns: all, madeAt: record.madeAt ?? at } } };
  }
  return settled(next, at, others);
}

/** A person was told that not all that should stand in fits here. */
export function withLack(losses: Losses, lack: string): Losses {
  const open = Object.entries(losses.open).map(([host, record]): [string, LossRecord] => {
    return [host, record.status === "lost" ? { ...record, lack } : record];
  });
  return { ...losses, open: Object.fromEntries(open) };
}

/** A host may be heard again while what is to stand in for it is being made. */
function reopened(losses: Losses, host: string): Losses {
  const last = losses.closed.findLast((record) => record.host === host);
  if (losses.open[host] !== undefined || last === undefined) return losses;
  const { endedAt: _, tookMs: __, ...record } = last;
  const closed = losses.closed.filter((one) => one !== last);
  return { ...losses, closed, open: { ...losses.open, [host]: record } };
}

/** `others`: the other hosts of the site, if that is known; nobody will ever hear again of one that was taken out of it. */
function settled(losses: Losses, at: string, others?: readonly string[]): Losses {
  const { stoodInFor } = losses;
  const over = Object.values(losses.open).filter(({ host, status }) => {
    if (stoodInFor.includes(host)) return false;
    return (status !== "lost" && status !== "returned") || others?.includes(host) === false;
  });
  if (over.length === 0) return losses;
  const ended = over.map((record) => ({ ...record, endedAt: at, tookMs: between(record.begunAt, at) }));
  const open = Object.entries(losses.open).filter(([, record]) => !over.includes(record));
  return { ...losses, open: Object.fromEntries(open), closed: [...losses.closed, ...ended].slice(-maxLosses) };
}

/** The journal's times are those of a wall clock, which may be set back. */
function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

type Of<Kind extends HistoryEntry["kind"]> = Extract<HistoryEntry, { kind: Kind }>;
