/** From red slots to repairs: the least that fits, within what may be spent, or the sentence that says why not. */
import type { Action, Repair, SlotRepair } from "./actions.ts";
import { become } from "./become.ts";
import { budgetObstacle } from "./budget.ts";
import { type CauseName, causeOf } from "./causes.ts";
import { isFresh } from "./facts.ts";
import { hostDrainObstacle } from "./hostDrain.ts";
import { isInside, isSoft, massFailure } from "./judge.ts";
import type { Limits } from "./limits.ts";
import { nextRung, recent } from "./proof.ts";
import { isEmptied, isJustListening, rotationProblem } from "./rotation.ts";
import { isDoomed } from "./scaling.ts";
import { slotsOf } from "./slotsOf.ts";
import type { SlotState, State } from "./state.ts";
import { isWish } from "./wish.ts";

export interface Decided {
  readonly state: State;
  readonly actions: readonly Action[];
}

interface Due {
  readonly slot: SlotState;
  readonly cause: CauseName;
  readonly repair: Repair;
}

export function decide(judged: State, limits: Limits, nowMs: number): Decided {
  const state = massFailure(judged, limits) === undefined ? judged : { ...judged, massMs: nowMs };
  if (!slotsOf(state).some(({ status }) => status === "red")) return { state, actions: [] };
  let next = state;
  const actions: Action[] = [];
  const replaces: Due[] = [];
  for (const slot of slotsOf(state)) {
    if (slot.status !== "red") continue;
    const due = dueOf(slot);
    const obstacle = obstacleTo(next, due, limits, nowMs) ?? unfinished(next, due, limits, nowMs);
    if (obstacle !== undefined) {
      next = withSlot(next, { ...slot, sentence: `${sentenceOf(slot)}; ${obstacle}` });
      continue;
    }
    if (due.repair === "replace") {
      // Of those that still serve one goes at a time.
      if (isServing(slot, limits, nowMs) && replaces.some((other) => isServing(other.slot, limits, nowMs))) continue;
      replaces.push(due);
      continue;
    }
    const begun = begin(next, [due], limits, nowMs);
    next = begun.state;
    actions.push(...begun.actions);
  }
  if (!isBatchReady(next, replaces, limits, nowMs)) return { state: next, actions };
  const batch = begin(next, replaces, limits, nowMs);
  return { state: batch.state, actions: [...actions, ...batch.actions] };
}

/** The rungs above the last are the last again: what is left to try is to try it again, ever more seldom. */
function dueOf(slot: SlotState): Due {
  const cause = slot.suspicion?.cause;
  if (cause === undefined) throw new Error(`${slot.slot} is red without a cause`);
  const { repairs } = causeOf(cause);
  const repair = repairs[Math.min(nextRung(slot, cause), repairs.length - 1)];
  if (repair === undefined) throw new Error(`${slot.slot} is red by ${cause}, which nothing repairs`);
  return { slot, cause, repair };
}

/** Machines that fail together are made anew together: the first waits a moment for the others, and for a running update. */
function isBatchReady(state: State, replaces: readonly Due[], limits: Limits, nowMs: number): boolean {
  if (replaces.length === 0 || state.updating !== undefined) return false;
  return Math.min(...replaces.map(({ slot }) => slot.sinceMs)) + limits.batchMs <= nowMs;
}

/** Why a repair that is due may not begin now. Undefined if it may. */
export function obstacleTo(
  state: State,
  { slot, cause, repair }: Due,
  limits: Limits,
  nowMs: number,
): string | undefined {
  const { host, pausedUntilMs, breakerUntilMs } = state;
  if (nowMs < pausedUntilMs) return `nothing is done: repairs are paused for ${seconds(pausedUntilMs - nowMs)} more`;
  const hostDrained = hostDrainObstacle(state);
  if (hostDrained !== undefined) return `nothing is done: ${hostDrained}`;
  const slotPausedMs = slot.pausedUntilMs - nowMs;
  if (slotPausedMs > 0) return `nothing is done: its repairs are paused for ${seconds(slotPausedMs)} more`;
  if (nowMs < breakerUntilMs) {
    return `nothing is done for ${seconds(breakerUntilMs - nowMs)}: ${limits.breakerFailures} repairs in a row did not help`;
  }
  if (isDoomed(state, slot.slot)) return "nothing is done: it is being removed";
  if (host.hypervisorSilent !== undefined) return `it waits: libvirt does not answer (${host.hypervisorSilent.value})`;
  if (isHeldByMass(cause, repair)) {
    const mass = massFailure(state, limits, cause);
    if (mass !== undefined) return `nothing is done: ${mass}, so this is load or the network`;
    // They return one by one, and those that return last must not be taken for the ones that are broken.
    if (state.massMs !== undefined && nowMs - state.massMs < limits.resetAfterMs) {
      return "it waits: most workers were silent together until a moment ago";
    }
  }
  const alsoSilent = slotsOf(state).find((other) => other !== slot && isSilentToo(slot, cause, other));
  if (alsoSilent !== undefined) return `it waits: ${alsoSilent.slot} is silent too, and why is not known yet`;
  const sick = slotsOf(state).find((other) => {
    // What is only wished can wait until nothing else is wrong.
    const isOut = isWish(cause) ? other.status !== "green" : isSick(other);
    return other !== slot && other.role === slot.role && isOut;
  });
  const isInUse = isServing(slot, limits, nowMs) || (isWish(cause) && slot.facts.beat?.value.service === "draining");
  if (isInUse && sick !== undefined) {
    return `it waits: it still serves, and ${sick.slot} is not well either`;
  }
  if (isWish(cause)) return spaceObstacle(state, repair, limits);
  const waitMs = Math.max(slot.waitUntilMs, backoffUntilMs(slot, limits, nowMs)) - nowMs;
  if (waitMs > 0) return `it waits ${seconds(waitMs)} before the next repair`;
  return spaceObstacle(state, repair, limits) ?? budgetObstacle(state, slot, limits, nowMs);
}

/** What need not be done at once is done when nobody is harmed by it. */
function unfinished(state: State, { slot, cause }: Due, limits: Limits, nowMs: number): string | undefined {
  if (!isWish(cause)) return undefined;
  if (isJustListening(state, limits, nowMs)) return "it waits: I have only just begun to listen";
  const { keptVip } = state;
  if (holdsVip(slot, limits, nowMs)) {
    if (keptVip?.slot !== slot.slot || keptVip.atMs < (slot.wish?.atMs ?? 0))
      return "it yields the service's address first";
    return `it waits: it could not yield the service's address: ${keptVip.why}`;
  }
  if (isEmptied(slot, limits, nowMs)) return undefined;
  const problem = rotationProblem(slot);
  return problem === undefined ? "its requests are finished first" : `it waits: it could not be drained: ${problem}`;
}

export function holdsVip({ role, facts }: SlotState, { silentMs }: Limits, nowMs: number): boolean {
  return role === "balancer" && facts.beat?.value.holdsVip === true && isFresh(facts.beat, silentMs, nowMs);
}

/** Machines that fall silent together are asked one by one: the first whose silence has a name may be one of many. */
function isSilentToo({ role }: SlotState, cause: CauseName, other: SlotState): boolean {
  return isSoft(cause) && role === "worker" && other.role === "worker" && isUnnamed(other);
}

function isUnnamed({ status, suspicion }: SlotState): boolean {
  return status === "yellow" && suspicion === undefined;
}

/** Of most workers at once only what ends nothing may be done: a service that is dead can be started. */
function isHeldByMass(cause: CauseName, repair: Repair): boolean {
  return isSoft(cause) || (isInside(cause) && repair !== "restartService");
}

function isServing({ facts }: SlotState, limits: Limits, nowMs: number): boolean {
  const isBeating = facts.domain?.value.state === "running" && isFresh(facts.beat, limits.silentMs, nowMs);
  return isBeating && facts.beat?.value.service === "up";
}

function isSick({ status }: SlotState): boolean {
  return status === "repairing" || status === "settling" || status === "unknown";
}

function spaceObstacle({ host }: State, repair: Repair, limits: Limits): string | undefined {
  const needsPool = repair === "replace" || repair === "resume";
  if (needsPool && host.poolFreeBytes !== undefined && host.poolFreeBytes.value < limits.minPoolFreeBytes) {
    return `nothing is deleted: the storage pool has ${mebibytes(host.poolFreeBytes.value)} left of the ${mebibytes(limits.minPoolFreeBytes)} that it needs`;
  }
  if (
    repair === "replace" &&
    host.stateFreeBytes !== undefined &&
    host.stateFreeBytes.value < limits.minStateFreeBytes
  ) {
    return `nothing is deleted: the state's file system has ${mebibytes(host.stateFreeBytes.value)} left`;
  }
  return undefined;
}

/** Told from the repairs themselves, which the journal keeps: a healer that is started anew waits as long as the one before. */
function backoffUntilMs(slot: SlotState, limits: Limits, nowMs: number): number {
  const lastMs = slot.repairsMs.at(-1);
  if (lastMs === undefined) return nowMs;
  return lastMs + Math.min(limits.maxBackoffMs, limits.backoffMs * 2 ** (recent(slot.repairsMs, limits, nowMs) - 1));
}

/** The budget is spent, durably, before anything is done: a healer that dies in between has tried once, not never. */
function begin(state: State, due: readonly Due[], limits: Limits, nowMs: number): Decided {
  const generation = state.generation + 1;
  const repairs: SlotRepair[] = [];
  const statuses: Action[] = [];
  let next: State = { ...state, generation };
  // The last of a batch may be one too many for the host's budget, which the first ones have just spent.
  for (const one of due) {
    const { slot, cause, repair } = one;
    if (!isWish(cause) && budgetObstacle(next, slot, limits, nowMs) !== undefined) continue;
    const sentence = `${verbs[repair]} ${slot.slot}: ${sentenceOf(slot)}`;
    const change = become(slot, "repairing", sentence, nowMs, spend(one, generation, limits, nowMs));
    next = withSlot(next, change.slot);
    statuses.push(...change.actions);
    repairs.push({ slot: slot.slot, repair, cause, sentence });
  }
  const [first] = repairs;
  if (first === undefined) return { state, actions: [] };
  const journal: Action = { kind: "journal", entry: { kind: "repairBegun", generation, slots: repairs } };
  if (first.repair !== "replace") {
    const operate: Action = { kind: "operate", slot: first.slot, operation: first.repair, generation };
    return { state: next, actions: [...statuses, journal, operate] };
  }
  const slots = repairs.map(({ slot }) => slot);
  const updating = { ...next, updating: { generation, slots } };
  return { state: updating, actions: [...statuses, journal, { kind: "replace", slots, generation }] };
}

function spend({ slot, cause, repair }: Due, generation: number, limits: Limits, nowMs: number) {
  const earlierMs = slot.repairsMs.filter((atMs) => nowMs - atMs < limits.budgetWindowMs);
  const repairsMs = isWish(cause) ? earlierMs : [...earlierMs, nowMs];
  const attempt = { generation, cause, repair, begunMs: nowMs, deadlineMs: nowMs + limits.repairDeadlineMs };
  return { repairsMs, waitUntilMs: nowMs, attempt, wish: undefined };
}

const verbs: Readonly<Record<Repair, string>> = {
  start: "starting",
  resume: "resuming",
  reset: "resetting",
  powerCycle: "power-cycling",
  restartService: "restarting the service of",
  restartKeepalived: "restarting keepalived in",
  restartAgent: "restarting the agent of",
  reattach: "putting back on the bridge",
  replace: "replacing",
};

function sentenceOf({ suspicion, sentence }: SlotState): string {
  return suspicion === undefined ? sentence : `${causeOf(suspicion.cause).title}: ${suspicion.detail}`;
}

function withSlot(state: State, slot: SlotState): State {
  return { ...state, slots: { ...state.slots, [slot.slot]: slot } };
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / (1024 * 1024))} MiB`;
}
