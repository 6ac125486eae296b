/** The entries of a journal that tell of incidents, as they are read back: a journal may be older than this release. */
import { z } from "zod";

const line = { seq: z.int(), at: z.iso.datetime() };

const entrySchema = z.discriminatedUnion("kind", [
  /** `slots`: those that were planned then. `standIns`: by slot, for which other host it stands in. `others`: the other hosts. */
  z.object({
    ...line,
    kind: z.literal("started"),
    slots: z.array(z.string()).optional(),
    standIns: z.record(z.string(), z.string()).optional(),
    others: z.array(z.string()).optional(),
  }),
  z.object({
    ...line,
    kind: z.literal("status"),
    slot: z.string(),
    status: z.string(),
    cause: z.string().optional(),
    sentence: z.string(),
  }),
  z.object({
    ...line,
    kind: z.literal("repairBegun"),
    generation: z.int(),
    slots: z.array(z.object({ slot: z.string(), repair: z.string(), sentence: z.string() })),
  }),
  z.object({
    ...line,
    kind: z.literal("repairEnded"),
    generation: z.int(),
    slot: z.string(),
    outcome: z.string(),
  }),
  z.object({
    ...line,
    kind: z.literal("drift"),
    generation: z.int(),
    clean: z.boolean().optional(),
    sentence: z.string(),
  }),
  z.object({ ...line, kind: z.literal("scaleBegun"), workers: z.int(), by: z.string() }),
  z.object({ ...line, kind: z.literal("scaleEnded"), workers: z.int(), outcome: z.string() }),
  z.object({ ...line, kind: z.literal("scaleSettled"), workers: z.int(), outcome: z.string() }),
  z.object({ ...line, kind: z.literal("progress"), phase: z.string(), resource: z.string(), op: z.string() }),
  z.object({ ...line, kind: z.literal("vipMoveBegun"), slot: z.string(), by: z.string() }),
  z.object({ ...line, kind: z.literal("vipMoveEnded"), slot: z.string(), outcome: z.string() }),
  z.object({ ...line, kind: z.literal("hostDrained"), by: z.string(), reason: z.string() }),
  z.object({ ...line, kind: z.literal("hostDrainEnded"), outcome: z.string() }),
  z.object({ ...line, kind: z.literal("host"), host: z.string(), status: z.string(), sentence: z.string() }),
  z.object({ ...line, kind: z.literal("page"), topic: z.string(), sentence: z.string().optional() }),
  z.object({ ...line, kind: z.literal("paused"), slot: z.string().optional(), forMs: z.number(), by: z.string() }),
]);

export type HistoryEntry = z.infer<typeof entrySchema>;

/** Undefined if it is of another kind, or of another release that wrote it otherwise. */
export function historyEntryOf(raw: unknown): HistoryEntry | undefined {
  return entrySchema.safeParse(raw).data;
}
