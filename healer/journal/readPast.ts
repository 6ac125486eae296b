import { z } from "zod";
import type { JournalEntry, Repair } from "../core/actions.ts";
import { type CauseName, causes } from "../core/causes.ts";
import { type HostStatus, hostStatuses } from "../core/hostStatuses.ts";
import type { PastEntry } from "../core/past.ts";
import type { JournalLine } from "./readJournal.ts";
import { type Written, withAges } from "./withAges.ts";

type Entry<Kind extends JournalEntry["kind"]> = Extract<JournalEntry, { readonly kind: Kind }>;

const repairNames = Object.keys({
  start: true,
  resume: true,
  reset: true,
  powerCycle: true,
  restartService: true,
  restartKeepalived: true,
  restartAgent: true,
  reattach: true,
  replace: true,
} satisfies Record<Repair, true>) as Repair[];

const name = z.string();
const count = z.int().nonnegative();
const [cause, repair] = [z.enum(Object.keys(causes) as CauseName[]), z.enum(repairNames)];
const hostStatus = z.enum(Object.keys(hostStatuses) as HostStatus[]);
const change = { workers: count, outcome: name };

/** What the past is made of, as this release writes it. What else a journal has the core passes over by its kind. */
const shapes = {
  repairBegun: z.object({
    kind: z.literal("repairBegun"),
    generation: count,
    slots: z.array(z.object({ slot: name, repair, cause, sentence: name })),
  }),
  repairEnded: z.object({ kind: z.literal("repairEnded"), generation: count, slot: name, outcome: name }),
  repairJudged: z.object({
    kind: z.literal("repairJudged"),
    generation: count,
    slot: name,
    helped: z.boolean(),
    sentence: name,
  }),
  status: z.object({
    kind: z.literal("status"),
    slot: name,
    status: name,
    cause: z.exactOptional(name),
    sentence: name,
  }),
  // What could not be judged is left out where it is written.
  drift: z
    .object({ kind: z.literal("drift"), generation: count, clean: z.boolean().optional(), sentence: name })
    .transform(({ clean, ...entry }) => ({ ...entry, clean })),
  breaker: z.object({ kind: z.literal("breaker"), openForMs: z.number(), sentence: name }),
  paused: z.object({ kind: z.literal("paused"), slot: name.optional(), forMs: z.number(), by: name }),
  resumed: z.object({ kind: z.literal("resumed"), slot: name.optional(), by: name }),
  scaleBegun: z.object({
    kind: z.literal("scaleBegun"),
    workers: count,
    by: name,
    leaving: z.array(name),
    evacuated: z.exactOptional(z.record(name, count)),
  }),
  scaleEnded: z.object({ kind: z.literal("scaleEnded"), ...change }),
  scaleSettled: z.object({ kind: z.literal("scaleSettled"), ...change }),
  host: z.object({
    kind: z.literal("host"),
    host: name,
    status: hostStatus,
    sentence: name,
    expectedForMs: z.exactOptional(z.number()),
  }),
  hostTold: z.object({ kind: z.literal("hostTold"), host: name, workers: count }),
  page: z.object({ kind: z.literal("page"), topic: name, sentence: name }),
  drained: z.object({ kind: z.literal("drained"), slot: name, by: name, ofHost: z.exactOptional(z.literal(true)) }),
  undrained: z.object({ kind: z.literal("undrained"), slot: name, by: name }),
  hostDrained: z.object({ kind: z.literal("hostDrained"), by: name, reason: name }),
  hostReady: z.object({ kind: z.literal("hostReady"), sentence: name }),
  hostReturning: z.object({ kind: z.literal("hostReturning"), by: name }),
  hostDrainEnded: z.object({ kind: z.literal("hostDrainEnded"), outcome: name }),
} satisfies { readonly [Kind in JournalEntry["kind"]]?: z.ZodType<Entry<Kind>> };

type KeyStrippedBy<Kind extends keyof typeof shapes> = Exclude<
  keyof Entry<Kind>,
  keyof z.output<(typeof shapes)[Kind]>
>;
type None<Key extends never> = Key;
/** Does not compile if a shape lacks an optional key of the entry itself, which reading would strip without a word. */
export type StrippedKey = None<{ [Kind in keyof typeof shapes]: KeyStrippedBy<Kind> }[keyof typeof shapes]>;

/** The kinds of entry that the past is made of. */
export const pastKinds = Object.keys(shapes) as readonly (keyof typeof shapes)[];

export interface PastRead {
  readonly entries: readonly PastEntry[];
  /** What was passed over, one sentence for each kind. */
  readonly problems: readonly string[];
}

interface Unread {
  readonly count: number;
  /** The number of the first one. */
  readonly seq: number;
}

/**
 * The core's own entries of a journal, with their ages. A journal may be older than this release, or newer: an entry that
 * has another shape is passed over and told, because a healer that ends on it would end on it again at each start.
 */
export function readPast(lines: readonly JournalLine[], nowMs: number): PastRead {
  const unread = new Map<string, Unread>();
  const written = lines.map((line): Written<JournalLine & { kind: string }> => {
    return { atMs: Date.parse(line.at), entry: { ...line, kind: String(line.kind) } };
  });
  // What cannot be read has its place in time all the same, by which the others are dated.
  const entries = withAges(written, nowMs).flatMap(({ agoMs, entry: line }): PastEntry[] => {
    const { kind, seq } = line;
    const shape = pastKinds.find((known) => known === kind);
    if (shape === undefined) return [];
    const entry = shapes[shape].safeParse(line).data;
    if (entry !== undefined) return [{ agoMs, entry }];
    const before = unread.get(kind);
    unread.set(kind, { count: (before?.count ?? 0) + 1, seq: before?.seq ?? seq });
    return [];
  });
  return { entries, problems: [...unread].map(([kind, { count, seq }]) => problemOf(kind, count, seq)) };
}

function problemOf(kind: string, count: number, seq: number): string {
  const which =
    count === 1 ? `entry ${seq} of the journal, ${kind},` : `${count} entries of the journal, ${kind}, from ${seq} on`;
  return `${which} cannot be read by this release and ${count === 1 ? "was" : "were"} passed over.`;
}
