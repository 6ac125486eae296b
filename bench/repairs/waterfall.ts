/** Where the time of a healer's repair goes, from what its journal and the progress of its engine tell. */
import { z } from "zod";
import type { JournalLine } from "../../healer/journal/readJournal.ts";

/** What the bench itself has seen, as epoch milliseconds. */
export interface Seen {
  readonly slot: string;
  readonly killedMs: number;
  /** When the rebuilt machine's QEMU was started. */
  readonly startedMs: number;
  /** When the rebuilt machine answered for the first time. */
  readonly answeredMs: number;
}

/** The steps of a repair, in their order. Each begins where the one before it has ended. */
export const steps = {
  detect: "until the repair was decided on",
  prepare: "checks before it, until the engine had the job",
  engine: "the engine starts, and takes the stack",
  program: "the program begins",
  providers: "the providers start, until the first resource was looked at",
  delete: "the old domain and disk are deleted",
  define: "the new disk and domain are made, until QEMU runs",
  boot: "the machine boots, until it answers",
  beat: "until the healer has heard it beat and serve",
} as const;

export type Step = keyof typeof steps;

/** How long each step took. The time of one that nobody has told of is in the next one's. */
export type Waterfall = Readonly<Partial<Record<Step, number>>>;

const at = z.iso.datetime().transform((text) => Date.parse(text));
const begun = z.object({ kind: z.literal("repairBegun"), at, slots: z.array(z.object({ slot: z.string() })) });
const status = z.object({ kind: z.literal("status"), at, slot: z.string(), status: z.string() });
const progress = z.object({
  kind: z.literal("progress"),
  at,
  op: z.string(),
  resource: z.string(),
  atMs: z.number(),
});

/** Of the first repair of the slot after the kill. */
export function waterfallOf(entries: readonly JournalLine[], seen: Seen): Waterfall {
  const { slot, killedMs, startedMs, answeredMs } = seen;
  const decidedMs = parsed(entries, begun).find((one) => {
    return one.at >= killedMs && one.slots.some((repaired) => repaired.slot === slot);
  })?.at;
  const told = parsed(entries, progress).filter((one) => decidedMs !== undefined && one.at >= decidedMs);
  // The engine counts from the job; the journal is late by what it waits for the disk, so the earliest is the best guess.
  const takenMs = told.length === 0 ? undefined : Math.min(...told.map((one) => one.at - one.atMs));
  const toldMs = (isIt: (one: z.infer<typeof progress>) => boolean) => {
    const last = told.findLast(isIt);
    return last === undefined || takenMs === undefined ? undefined : takenMs + last.atMs;
  };
  const startOf = (resource: string) => toldMs((one) => one.op === "start" && one.resource === resource);
  const ends: Readonly<Record<Step, number | undefined>> = {
    detect: decidedMs,
    prepare: takenMs,
    engine: startOf("engine"),
    program: startOf("program"),
    providers: startOf("providers"),
    delete: toldMs((one) => one.op.startsWith("delete")),
    define: startedMs,
    boot: answeredMs,
    beat: parsed(entries, status).find((one) => {
      return one.at >= startedMs && one.slot === slot && one.status === "green";
    })?.at,
  };
  return durations(ends, killedMs);
}

function durations(ends: Readonly<Record<Step, number | undefined>>, beginMs: number): Waterfall {
  const took: Partial<Record<Step, number>> = {};
  let lastMs = beginMs;
  for (const step of Object.keys(steps) as Step[]) {
    const endMs = ends[step];
    if (endMs === undefined) continue;
    // Two clocks that are read a few milliseconds apart must not make a step of less than nothing.
    took[step] = Math.max(0, endMs - lastMs);
    lastMs = Math.max(lastMs, endMs);
  }
  return took;
}

function parsed<Schema extends z.ZodType>(entries: readonly JournalLine[], schema: Schema): z.output<Schema>[] {
  return entries.flatMap((entry) => {
    const { success, data } = schema.safeParse(entry);
    return success ? [data] : [];
  });
}

const barColumns = 60;

/** One line per step: how long it took, a bar from its begin to its end, and what it is. */
export function renderWaterfall(waterfall: Waterfall): string {
  const known = Object.entries(waterfall) as [Step, number][];
  const totalMs = known.reduce((sum, [, ms]) => sum + ms, 0);
  const columnOf = (ms: number) => Math.round((barColumns * ms) / Math.max(1, totalMs));
  let sinceMs = 0;
  const lines = known.map(([step, ms]) => {
    const from = columnOf(sinceMs);
    sinceMs += ms;
    // A step that is too short for a column is still one.
    const bar = `${" ".repeat(from)}${"#".repeat(Math.max(1, columnOf(sinceMs) - from))}`;
    return `${step.padEnd(9)}  ${(ms / 1000).toFixed(2).padStart(6)} s  ${bar.padEnd(barColumns + 1)}  ${steps[step]}\n`;
  });
  return lines.join("");
}
