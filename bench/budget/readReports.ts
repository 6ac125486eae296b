import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

export const resultsDir = join(import.meta.dirname, "..", "results");

/** JSON has no infinity; a report writes it as a word. */
const figure = z.union([z.number(), z.literal("infinite").transform(() => Number.POSITIVE_INFINITY)]);
const interval = z.strictObject({ low: figure, high: figure });
const summary = z.strictObject({
  n: z.number(),
  min: figure,
  median: figure,
  medianInterval: interval.optional(),
  p95: figure,
  max: figure,
  beyondMaxBound: z.number(),
});
const machine = z.strictObject({
  accelerator: z.enum(["kvm", "tcg"]).optional(),
  cores: z.number(),
  loadAverage: z.number(),
  processor: z.string(),
  memoryGib: z.number(),
  kernel: z.string(),
  node: z.string(),
  commit: z.string(),
  work: z
    .strictObject({ beforeMs: z.number(), afterMs: z.number().optional(), stolenShare: z.number().optional() })
    .optional(),
  qemu: z.string().optional(),
  image: z.string().optional(),
  guest: z.record(z.string(), z.string()).optional(),
});
const reportSchema = z.strictObject({
  case: z.string(),
  startedAt: z.iso.datetime(),
  machine,
  healers: z.enum(["none", "running"]).optional(),
  users: z.number().optional(),
  thinkMs: z.string().optional(),
  workers: z.record(z.string(), z.number()).optional(),
  summaries: z.record(z.string(), z.record(z.string(), summary)),
  checks: z.array(
    z.strictObject({ about: z.enum(["loss", "time"]), claim: z.string(), met: z.boolean(), found: z.string() }),
  ),
  runs: z.array(z.strictObject({ pair: z.string(), index: z.number(), figures: z.record(z.string(), figure) })),
});

/** A report as an earlier version may have written it. */
export type StoredReport = z.infer<typeof reportSchema>;

/** By the file's name without `.json`: a fault, and how it was measured if not as by default, such as `holder-vm.defaults`. */
export type Reports = ReadonlyMap<string, StoredReport>;

export async function readReports(dir: string): Promise<Reports> {
  const files = (await readdir(dir)).filter((name) => name.endsWith(".json")).sort();
  const reports = files.map(async (name) => {
    const parsed = reportSchema.safeParse(JSON.parse(await readFile(join(dir, name), "utf8")));
    if (parsed.success) return [name.slice(0, -".json".length), parsed.data] as const;
    const [issue] = parsed.error.issues;
    throw new Error(`${join(dir, name)}: ${issue?.path.join(".")}: ${issue?.message}. Measure it anew.`);
  });
  return new Map(await Promise.all(reports));
}
