/** What a person may wish of the healer, and its first answer. Both sides parse by these. */
import { z } from "zod";
import { at, durationMs } from "./schemas.ts";

/** The answer to a wish that takes its time. */
export const acceptedSchema = z
  .object({
    host: z.string(),
    slot: z.string(),
    by: z.string(),
    incident: z.int().describe("GET /v1/incidents/{id} says what becomes of it."),
  })
  .meta({ id: "Accepted" });

export const pausedSchema = z
  .object({
    host: z.string(),
    slot: z.string().optional().describe("The one machine that it is about; absent if it is about all."),
    paused: z.boolean(),
    until: at.optional(),
    forMs: durationMs,
    by: z.string(),
  })
  .meta({ id: "Paused" });

/** Whoever pauses for ever has ended the healer: that is done by ending it. */
export const maxPauseMs = 24 * 60 * 60_000;
export const defaultPauseMs = 60 * 60_000;

/** It is written into the journal and shown on terminals. */
const by = z
  .string()
  .regex(/^[\p{L}\p{N}\p{P}\p{S} ]{1,64}$/u, { error: "write a name of at most 64 characters that can be shown" })
  .default("somebody with the token")
  .describe("Who wishes it, for the journal.");

const onlySlot = z.string().optional().describe("Only this machine, such as web-1; without it, all.");

export const pauseRequestSchema = z.strictObject({
  forMs: z.int().min(1_000).max(maxPauseMs).default(defaultPauseMs),
  by,
  slot: onlySlot,
});

export const scaledSchema = z
  .object({
    host: z.string(),
    workers: z.int(),
    by: z.string(),
    id: z.int().describe("`scale` of GET /v1/status says under this number what becomes of it."),
  })
  .meta({ id: "Scaled" });

export const vipMovingSchema = z
  .object({
    host: z.string(),
    slot: z.string().describe("The balancer that yields."),
    by: z.string(),
    id: z.int().describe("`vipMove` of GET /v1/status says under this number what becomes of it."),
  })
  .meta({ id: "VipMoving" });

export const vipMoveRequestSchema = z.strictObject({ by });

export const scaleRequestSchema = z.strictObject({
  workers: z
    .int()
    .min(1)
    .max(1_000)
    .meta({ description: "How many workers of its own this host is to have.", examples: [3] }),
  by,
});

export const drainedSchema = z
  .object({ host: z.string(), slot: z.string(), by: z.string(), drained: z.boolean() })
  .meta({ id: "Drained" });

export const drainRequestSchema = z.strictObject({
  by,
  force: z.boolean().default(false).describe("Even if no worker of this host is left that serves."),
});

export const hostDrainedSchema = z
  .object({
    host: z.string(),
    by: z.string(),
    id: z.int().describe("`hostDrain` of GET /v1/status says under this number what becomes of it."),
  })
  .meta({ id: "HostDrained" });

export const hostReturnedSchema = z
  .object({
    host: z.string(),
    by: z.string(),
    id: z.int().optional().describe("As that of the drain which it ends; absent if there was none."),
  })
  .meta({ id: "HostReturned" });

export const hostDrainRequestSchema = z.strictObject({
  by,
  reason: z
    .string()
    .regex(/^[\p{L}\p{N}\p{P}\p{S} ]{1,200}$/u, { error: "write at most 200 characters that can be shown" })
    .default("a planned reboot")
    .describe("What for: the other hosts are told."),
});

export const hostReturnRequestSchema = z.strictObject({ by });

export const slotRequestSchema = z.strictObject({ by });

export const resumeRequestSchema = z.strictObject({ by, slot: onlySlot });

export type Accepted = z.infer<typeof acceptedSchema>;
export type VipMoving = z.infer<typeof vipMovingSchema>;
export type VipMoveRequest = z.infer<typeof vipMoveRequestSchema>;
export type Scaled = z.infer<typeof scaledSchema>;
export type ScaleRequest = z.infer<typeof scaleRequestSchema>;
export type Drained = z.infer<typeof drainedSchema>;
export type DrainRequest = z.infer<typeof drainRequestSchema>;
export type HostDrained = z.infer<typeof hostDrainedSchema>;
export type HostReturned = z.infer<typeof hostReturnedSchema>;
export type HostDrainRequest = z.infer<typeof hostDrainRequestSchema>;
export type HostReturnRequest = z.infer<typeof hostReturnRequestSchema>;
export type SlotRequest = z.infer<typeof slotRequestSchema>;
export type PauseRequest = z.infer<typeof pauseRequestSchema>;
export type ResumeRequest = z.infer<typeof resumeRequestSchema>;
export type Paused = z.infer<typeof pausedSchema>;
