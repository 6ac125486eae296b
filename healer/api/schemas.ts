/** What the API answers. Both sides parse by these: the server before it sends, the command line after it has received. */
import { z } from "zod";
import type { JournalEntry } from "../core/actions.ts";
import type { ClockEntry } from "../journal/withAges.ts";
import { otherHostSchema } from "./hostSchemas.ts";
import { peerSchema } from "./peerSchemas.ts";

export const durationMs = z.int().nonnegative();
export const at = z.iso.datetime();
export const statusNames = ["unknown", "green", "yellow", "red", "repairing", "settling"] as const;
const status = z.enum(statusNames);
const role = z.enum(["worker", "balancer"]);

/** What a person has stopped, and until when. */
const pauseSchema = z.object({ until: at, forMs: durationMs, by: z.string().optional() });

const drainSchema = z
  .object({
    by: z.string(),
    since: at,
    done: z.boolean().describe("The balancers have left it, and no request is under way there."),
    problem: z.string().optional().describe("Why it could not be drained when it was last tried."),
  })
  .describe("A person wants this worker to get no requests.");

export const slotStatusSchema = z
  .object({
    slot: z.string(),
    role,
    standsInFor: z.string().optional().describe("The other host for one of whose workers it stands in."),
    address: z.string(),
    status,
    since: at.describe("Since when it has this status."),
    forMs: durationMs,
    sentence: z.string().describe("Why the status is what it is."),
    next: z.string().describe("What the healer does next about it, and when."),
    cause: z.string().optional().describe("What is thought to be wrong: a row of docs/healer-states.md."),
    holdsVip: z.boolean().optional().describe("Balancers: whether it says that it has the service's address."),
    paused: pauseSchema.optional().describe("No repair of this machine begins until then."),
    drained: drainSchema.optional(),
  })
  .meta({ id: "SlotStatus" });

/** A change that repairs nothing. */
const changeSchema = z.object({
  id: z.int(),
  by: z.string(),
  begunAt: at,
  endedAt: at.optional(),
  outcome: z.enum(["underWay", "done", "locked", "preflight", "deadline", "failed", "cutOff"]),
  reason: z.string().optional(),
});

export const statusSchema = z
  .object({
    host: z.string(),
    release: z.string().describe("The first twelve digits of the deployed program's digest."),
    listeningSince: at.describe("When this healer began to listen."),
    verdict: z
      .enum(["fine", "degraded", "down", "drained", "unknown"])
      .describe(
        "`drained`: a person has taken this host out of service. `down`: no worker of this host serves, or nobody has the service's address. `unknown`: it has only just begun to listen.",
      ),
    what: z.string().describe("The verdict in one sentence."),
    why: z.string(),
    next: z.string().describe("What happens next."),
    since: at.describe("Since when the verdict has been this one."),
    forMs: durationMs,
    vip: z.object({
      address: z.string(),
      holders: z
        .array(z.string())
        .optional()
        .describe("The hardware addresses that claim it, as the network answered last; absent while it is not asked."),
    }),
    slots: z.array(slotStatusSchema),
    pages: z
      .array(z.object({ topic: z.string(), sentence: z.string(), since: at.optional() }))
      .describe("What a person has to see to."),
    paused: pauseSchema.optional().describe("No repair of any machine begins until then."),
    breaker: z
      .object({ until: at, forMs: durationMs })
      .optional()
      .describe("Repairs that did not help, in a row, have stopped all repairs until then."),
    updating: z
      .object({ number: z.int(), slots: z.array(z.string()) })
      .optional()
      .describe("The update of the stack that is under way."),
    scale: changeSchema
      .extend({
        workers: z.int(),
        step: z.string().optional().describe("The last resource that its update was done with."),
      })
      .optional()
      .describe("The last change of the number of workers."),
    overridden: z
      .string()
      .optional()
      .describe("That another number of workers is deployed than the stack's file asks for, and why."),
    vipMove: changeSchema.optional().describe("The last planned move of the service's address away from this host."),
    hostDrain: changeSchema
      .extend({
        why: z.string().describe("What for."),
        phase: z
          .enum(["moving", "draining", "ready", "returning"])
          .optional()
          .describe(
            "`moving`: the address leaves. `draining`: its workers do. `ready`: the host may be switched off. `returning`: its workers are put back. Absent once it is over.",
          ),
        waitsFor: z.string().optional().describe("What has yet to happen before it may be switched off, or is back."),
      })
      .optional()
      .describe("The last time that this host was taken out of service on purpose; `done` when it has returned."),
    drift: z.object({
      verdict: z.enum(["none", "found", "unknown"]),
      sentence: z.string(),
      nextCheckMs: durationMs,
    }),
    pending: z.array(z.string()).describe("What the files say and nobody has deployed, one sentence each."),
    peers: z.array(peerSchema).describe("The healers of the other hosts, as they are heard here."),
    hosts: z.array(otherHostSchema).describe("The other hosts, as they are believed to be here."),
  })
  .meta({ id: "Status" });

/** What another host's healer said last. */
export const peerStatusSchema = z
  .object({
    peer: peerSchema,
    isLive: z.boolean().describe("Whether it is heard; if not, what follows is what it said before."),
    ageMs: durationMs.describe("How long ago it said this."),
    status: statusSchema,
  })
  .meta({ id: "PeerStatus" });

const repairSchema = z
  .object({
    number: z.int().describe("Slots that were repaired by the same update share it."),
    repair: z.string(),
    slots: z.array(z.string()),
    sentence: z.string(),
    begunAt: at,
    endedAt: at.optional(),
    tookMs: durationMs.optional(),
    outcome: z
      .enum([
        "underWay",
        "settling",
        "helped",
        "didNotHelp",
        "locked",
        "preflight",
        "deadline",
        "failed",
        "noResult",
        "cutOff",
      ])
      .describe(
        "`locked` and `preflight`: it could not begin. `noResult`: it never answered. `cutOff`: the healer ended before it was known.",
      ),
    reason: z.string().optional(),
  })
  .meta({ id: "Repair" });

export const incidentSchema = z
  .object({
    id: z.int().describe("The number of the journal's entry that opened it."),
    slot: z.string(),
    cause: z.string(),
    sentence: z.string(),
    begunAt: at,
    endedAt: at.optional(),
    tookMs: durationMs.optional(),
    repairs: z.array(repairSchema),
    outcome: z
      .enum(["open", "repaired", "passed", "gone"])
      .describe("`passed`: it went without a repair that helped. `gone`: its slot is no longer planned."),
    drift: z
      .object({ verdict: z.enum(["none", "found", "unknown"]), sentence: z.string() })
      .optional()
      .describe("What the check after its last repair found."),
  })
  .meta({ id: "Incident" });

const lossSchema = z
  .object({
    id: z.int().describe("The number of the journal's entry that began it."),
    host: z.string(),
    sentence: z.string().describe("Why it was believed to be lost."),
    begunAt: at,
    standIns: z.array(z.string()).describe("All machines of this host that have stood in for its workers."),
    madeAt: at.optional().describe("When the first of them were there."),
    lack: z.string().optional().describe("Why not as many were made as should have been."),
    returnedAt: at.optional().describe("When it was heard again."),
    endedAt: at
      .optional()
      .describe("When it counted as lost no more or was taken out of the site, and nothing stood in for it any more."),
    tookMs: durationMs.optional(),
    status: z.string().describe("What it was last believed to be, as in `hosts` of a status."),
  })
  .meta({ id: "Loss" });

export const historySchema = z
  .object({
    host: z.string(),
    incidents: z.array(incidentSchema).describe("Newest first."),
    losses: z
      .array(lossSchema)
      .default([])
      .describe("Other hosts that were lost, newest first; none if one slot is asked about, or by an earlier release."),
  })
  .meta({ id: "History" });

/** A fact, and how long ago it was observed. */
const fact = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ ageMs: durationMs, ...shape }).optional();

const factsSchema = z.object({
  heartbeat: fact({
    service: z.enum(["up", "refused", "silent", "wrong", "draining", "starting"]),
    busy: z.number().describe("The share of its processors that was busy, from 0 to 1."),
    freeBytes: z.number(),
    incarnation: z.string(),
    filesAsPlanned: z.boolean().optional(),
    vrrp: z.enum(["MASTER", "BACKUP", "FAULT", "STOP", "NONE"]).optional(),
    holdsVip: z.boolean().optional(),
    isCutOff: z.boolean().optional().describe("It hears neither the witness nor any machine of another host."),
    refused: z.int().optional().describe("Requests refused since it booted, because every worker was full."),
  }),
  misheard: fact({ reason: z.string() }).describe("Somebody sent on its stream what is no heartbeat of it."),
  domain: fact({
    state: z.enum(["running", "paused", "stalled", "frozen", "stopped", "crashed", "panicked", "absent"]),
    reason: z.string(),
    id: z.int().optional(),
  }).describe("libvirt's word on it."),
  ping: fact({ answered: z.boolean(), lostInARow: z.int() }),
  connect: fact({ outcome: z.enum(["open", "refused", "silent", "unreachable"]) }),
  disk: fact({ there: z.boolean() }),
  tap: fact({ onBridge: z.boolean() }),
  startedAgoMs: durationMs.optional().describe("Since its boot began, or since it was first seen running."),
  runningForMs: durationMs.optional().describe("Since when it has been running without a break."),
});

export const slotSchema = z
  .object({
    host: z.string(),
    ...slotStatusSchema.shape,
    facts: factsSchema,
    suspicion: z
      .object({
        cause: z.string(),
        title: z.string(),
        detail: z.string(),
        since: at,
        forMs: durationMs,
        evidence: z.string().describe("What this cause is known by."),
        repairs: z.array(z.string()).describe("What is done about it, from the least to the last."),
        patienceMs: durationMs.describe("How long the evidence has to last before the first repair."),
        because: z.string().describe("Why it waits, or why nothing is done."),
      })
      .optional(),
    attempt: z
      .object({
        number: z.int(),
        repair: z.string(),
        begunAt: at,
        forMs: durationMs,
        deadlineInMs: durationMs.describe("Until then its result, or the sign that it helped, has to come."),
      })
      .optional(),
    rung: z.int().describe("How many repairs of the cause were tried."),
    nextRepair: z.string().optional(),
    hindrance: z
      .object({ code: z.string(), reason: z.string() })
      .optional()
      .describe("What kept the last repair from beginning."),
    budget: z.object({ spent: z.int(), of: z.int(), windowMs: durationMs }),
    incidents: z.array(incidentSchema).describe("Its last ones, newest first."),
  })
  .meta({ id: "Slot" });

type JournalKind = JournalEntry["kind"] | ClockEntry["kind"] | "started" | "progress" | "note" | "peer";

/** What the journal has entries of: those of the core, and six of the process around it. An object, so that none is left out. */
export const entryKinds = Object.keys({
  opened: true,
  clockSet: true,
  started: true,
  status: true,
  cause: true,
  repairBegun: true,
  progress: true,
  repairEnded: true,
  repairJudged: true,
  drift: true,
  page: true,
  breaker: true,
  paused: true,
  resumed: true,
  drained: true,
  undrained: true,
  rotation: true,
  hostDrained: true,
  hostReady: true,
  hostReturning: true,
  hostDrainEnded: true,
  scaleBegun: true,
  scaleEnded: true,
  scaleSettled: true,
  host: true,
  hostTold: true,
  vipMoveBegun: true,
  vipMoveEnded: true,
  notListening: true,
  note: true,
  peer: true,
} satisfies Record<JournalKind, true>) as readonly EntryKind[];

export type EntryKind = JournalKind;
export type Status = z.infer<typeof statusSchema>;
export type PeerStatusAnswer = z.infer<typeof peerStatusSchema>;
export type SlotStatus = z.infer<typeof slotStatusSchema>;
export type Slot = z.infer<typeof slotSchema>;
export type Incident = z.infer<typeof incidentSchema>;
export type Loss = z.infer<typeof lossSchema>;
export type HistoryAnswer = z.infer<typeof historySchema>;
