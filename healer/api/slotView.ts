import { causeOf } from "../core/causes.ts";
import type { Beat, Timed } from "../core/facts.ts";
import type { Limits } from "../core/limits.ts";
import { nextRung } from "../core/proof.ts";
import { hasFinished, rotationProblem } from "../core/rotation.ts";
import type { Attempt, SlotState, Suspicion } from "../core/state.ts";
import { incidentsView } from "./incidentsView.ts";
import { distanceMs, type Moment, wallTime } from "./moment.ts";
import { pauseView } from "./pauseView.ts";
import type { Slot, SlotStatus } from "./schemas.ts";
import type { Known } from "./subject.ts";
import { nextOfSlot, nextRepair } from "./whatNext.ts";

const lastIncidents = 5;

/** What one line of `vigil status` says of a slot. */
export function slotStatusOf(slot: SlotState, known: Known, moment: Moment): SlotStatus {
  const { outputs, state, limits, history } = known;
  const { status, sinceMs, sentence, suspicion, facts } = slot;
  return {
    slot: slot.slot,
    role: slot.role,
    standsInFor: slot.standsInFor,
    address: outputs.slots.find((planned) => planned.slot === slot.slot)?.address ?? "",
    status,
    since: wallTime(moment, sinceMs),
    forMs: distanceMs(moment, sinceMs),
    sentence,
    next: nextOfSlot(slot, state, limits, moment.nowMs),
    cause: suspicion?.cause,
    holdsVip: facts.beat?.value.holdsVip,
    paused: pauseView(slot.pausedUntilMs, history.pauses[slot.slot], moment),
    drained: drainView(slot, moment),
  };
}

function drainView(slot: SlotState, moment: Moment): SlotStatus["drained"] {
  const { drain, facts } = slot;
  if (drain === undefined) return undefined;
  const done = hasFinished(slot) && facts.beat?.value.service === "draining";
  return { by: drain.by, since: wallTime(moment, drain.atMs), done, problem: rotationProblem(slot) };
}

/** All that is known of a slot, and what follows from it. */
export function slotView(slot: SlotState, known: Known, moment: Moment): Slot {
  const { suspicion, attempt, hindrance } = slot;
  return {
    host: known.host,
    ...slotStatusOf(slot, known, moment),
    facts: factsOf(slot, moment),
    suspicion: suspicion && suspicionOf(suspicion, known.limits, moment),
    attempt: attempt && attemptOf(attempt, moment),
    rung: suspicion === undefined ? 0 : nextRung(slot, suspicion.cause),
    nextRepair: nextRepair(slot),
    hindrance: hindrance && { code: hindrance.code, reason: hindrance.reason },
    budget: budgetOf(slot, known.limits, moment),
    incidents: incidentsView(known.history, slot.slot, lastIncidents),
  };
}

function attemptOf({ generation, repair, begunMs, deadlineMs }: Attempt, moment: Moment): Slot["attempt"] {
  return {
    number: generation,
    repair,
    begunAt: wallTime(moment, begunMs),
    forMs: distanceMs(moment, begunMs),
    deadlineInMs: Math.max(0, Math.round(deadlineMs - moment.nowMs)),
  };
}

function suspicionOf({ cause, detail, sinceMs }: Suspicion, limits: Limits, moment: Moment): Slot["suspicion"] {
  const { title, evidence, repairs, patience, because } = causeOf(cause);
  return {
    cause,
    title,
    detail,
    since: wallTime(moment, sinceMs),
    forMs: distanceMs(moment, sinceMs),
    evidence,
    repairs: [...repairs],
    patienceMs: patience === 0 ? 0 : limits[patience],
    because,
  };
}

function budgetOf({ repairsMs }: SlotState, { slotBudget, budgetWindowMs }: Limits, { nowMs }: Moment): Slot["budget"] {
  const spent = repairsMs.filter((atMs) => nowMs - atMs < budgetWindowMs).length;
  return { spent, of: slotBudget, windowMs: budgetWindowMs };
}

function factsOf({ facts, plannedFiles }: SlotState, moment: Moment): Slot["facts"] {
  const { beat, misheard, domain, ping, connect, diskThere, attached, startedMs, runningMs } = facts;
  const ageMs = ({ atMs }: Timed<unknown>) => distanceMs(moment, atMs);
  return {
    heartbeat: beat && { ageMs: ageMs(beat), ...heartbeatOf(beat.value, plannedFiles) },
    misheard: misheard && { ageMs: ageMs(misheard), reason: misheard.value },
    domain: domain && { ageMs: ageMs(domain), ...domain.value },
    ping: ping && { ageMs: ageMs(ping), answered: ping.value, lostInARow: facts.lostPings ?? 0 },
    connect: connect && { ageMs: ageMs(connect), outcome: connect.value },
    disk: diskThere && { ageMs: ageMs(diskThere), there: diskThere.value },
    tap: attached && { ageMs: ageMs(attached), onBridge: attached.value },
    startedAgoMs: startedMs === undefined ? undefined : distanceMs(moment, startedMs),
    runningForMs: runningMs === undefined ? undefined : distanceMs(moment, runningMs),
  };
}

function heartbeatOf({ files, ...beat }: Beat, plannedFiles: string | undefined) {
  return { ...beat, filesAsPlanned: plannedFiles === undefined ? undefined : files === plannedFiles };
}
