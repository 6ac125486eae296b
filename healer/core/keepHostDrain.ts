/**
 * Takes this host out of service and back, by what a person would do with single machines, in the order that harms least.
 * The service's address moves away first: if no other balancer takes it, nothing was done. Then all workers are drained.
 */
import { absenceOf } from "./absence.ts";
import type { Action, JournalEntry } from "./actions.ts";
import { vipTroubles } from "./addressHolders.ts";
import { holdsVip } from "./decide.ts";
import type { Event } from "./events.ts";
import { isFresh } from "./facts.ts";
import type { HostDrain } from "./hostDrain.ts";
import type { Limits } from "./limits.ts";
import { type OtherHost, workersSeen } from "./otherHost.ts";
import { isAsked, isEmptied, isJustListening, rotationProblem } from "./rotation.ts";
import { slotsOf } from "./slotsOf.ts";
import type { SlotState, State } from "./state.ts";
import { beginMove, vipMoveRefusal } from "./vipMove.ts";

export interface HostDrained {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly reason: string;
}

/** Healers ask each other once a second, and are told of in the next one. */
const answeredMs = 2_500;

type Kept = Pick<HostDrained, "state" | "actions">;
type Of<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

/** Why this host may not be taken out of service now, in one sentence; undefined if it may, or if it is already. */
export function hostDrainRefusal(state: State, limits: Limits, nowMs: number): string | undefined {
  if (isLeaving(state)) return undefined;
  const { scaling, updating, startedMs, pages } = state;
  const others = whyOthersCannotGoOn(state, limits, nowMs);
  if (others !== undefined) return others;
  if (scaling !== undefined) return "the number of workers is being changed";
  if (updating !== undefined) return `an update of ${updating.slots.join(", ")} is under way`;
  const balancer = balancerOf(state);
  if (isUnheard(balancer) && nowMs - startedMs < limits.startGraceMs) {
    return `the healer has only just started, and has not heard ${balancer?.slot} yet`;
  }
  const trouble = vipTroubles.find((topic) => topic in pages);
  if (trouble !== undefined) return pages[trouble];
  return balancer !== undefined && holdsVip(balancer, limits, nowMs) ? vipMoveRefusal(state, nowMs) : undefined;
}

export function hearHostDrain(
  state: State,
  { by, reason }: Of<"hostDrain">,
  limits: Limits,
  nowMs: number,
): HostDrained {
  const refusal = hostDrainRefusal(state, limits, nowMs);
  if (refusal !== undefined) return { state, actions: [], reason: `refused: ${refusal}` };
  if (isLeaving(state)) return { state, actions: [], reason: "this host is drained already" };
  const hostDrain: HostDrain = { by, reason, atMs: nowMs, phase: "moving", phaseMs: nowMs };
  const actions = [noted({ kind: "hostDrained", by, reason })];
  return { state: { ...state, hostDrain }, actions, reason: `${by} takes this host out of service: ${reason}` };
}

export function hearHostReturn(state: State, { by }: Of<"hostReturn">, nowMs: number): HostDrained {
  const { hostDrain } = state;
  if (hostDrain === undefined) {
    // A journal that could not be written may have missed the end, and would drain the host again at the next start.
    const actions = [noted({ kind: "hostDrainEnded", outcome: "ok" })];
    return { state, actions, reason: "this host is not drained" };
  }
  if (!isLeaving(state)) return { state, actions: [], reason: "this host is being returned already" };
  const returning: HostDrain = { ...hostDrain, phase: "returning", phaseMs: nowMs };
  const actions = [noted({ kind: "hostReturning", by })];
  return { state: { ...state, hostDrain: returning }, actions, reason: `${by} takes this host back into service` };
}

/** The next step of a host that goes or comes; one that is gone is left alone. */
export function keepHostDrain(state: State, limits: Limits, nowMs: number): Kept {
  const { hostDrain } = state;
  switch (hostDrain?.phase) {
    case "moving":
      return moveAddress(state, hostDrain, limits, nowMs);
    case "draining":
      return drainWorkers(state, hostDrain, limits, nowMs);
    case "ready":
      // One that somebody has put back meanwhile, or that was made by an update.
      return undrainedIn(state).length > 0 ? enter(state, hostDrain, "draining", nowMs) : { state, actions: [] };
    case "returning":
      return putBack(state, hostDrain, limits, nowMs);
    default:
      return { state, actions: [] };
  }
}

/** What has yet to happen before the host may be switched off, or has returned; undefined if nothing has. */
export function awaitedOf(state: State, limits: Limits, nowMs: number): string | undefined {
  const { hostDrain, vipMove } = state;
  if (hostDrain === undefined) return undefined;
  if (hostDrain.phase === "returning") {
    const out = stillOut(state);
    return out && `${out.slot} gets no requests yet: ${out.sentence}`;
  }
  const balancer = balancerOf(state);
  if (balancer !== undefined && holdsVip(balancer, limits, nowMs)) {
    return `${balancer.slot} ${vipMove === undefined ? "holds" : "yields"} the service's address`;
  }
  const busy = slotsOf(state).find((slot) => !isEmptied(slot, limits, nowMs));
  if (busy !== undefined) {
    const problem = rotationProblem(busy);
    return problem === undefined
      ? `${busy.slot} finishes its requests`
      : `${busy.slot} could not be drained: ${problem}`;
  }
  const atWork = slotsOf(state).find(({ status }) => status === "repairing");
  return atWork && `a repair is under way: ${atWork.sentence}`;
}

/** A host that comes back may go again. */
function isLeaving({ hostDrain }: State): boolean {
  return hostDrain !== undefined && hostDrain.phase !== "returning";
}

/** One other host that is well is enough; but two that go on purpose at once are a change that nobody meant. */
function whyOthersCannotGoOn(state: State, limits: Limits, nowMs: number): string | undefined {
  const hosts = Object.values(state.hosts);
  const goes = hostThatGoes(state, limits, nowMs);
  if (goes !== undefined) return goes;
  const seen = workersSeen(state, limits, nowMs);
  const problems = hosts.map((host) => whyItCannotGoOn(host, seen));
  if (problems.includes(undefined)) return undefined;
  return problems.length === 0
    ? "the site has no other host that could serve meanwhile"
    : `no other host could serve meanwhile: ${problems.join("; ")}`;
}

function hostThatGoes({ hosts }: State, limits: Limits, nowMs: number): string | undefined {
  for (const other of Object.values(hosts)) {
    const absence = absenceOf(other, limits, nowMs);
    if (absence === undefined) continue;
    const planned = other.peer?.view?.marks.planned;
    return planned === undefined
      ? `${other.host}: ${absence.sentence}`
      : `${other.host} goes away on purpose: ${planned}`;
  }
  return undefined;
}

/**
 * Two persons may drain two hosts in the same second. Each of these healers writes its wish down before it waits for the
 * others' next words, so one of the two hears of the other, if not both.
 */
function haveOthersAnswered({ hosts }: State, { atMs }: HostDrain): boolean {
  return Object.values(hosts).every(({ peer }) => peer?.status !== "green" || (peer.heardMs ?? 0) >= atMs + answeredMs);
}

/** As one that began while this drain was asked for. */
function isUpdatedElsewhere({ hosts }: State): boolean {
  return Object.values(hosts).some(({ peer }) => peer?.status === "green" && peer.view?.marks.updating !== undefined);
}

function whyItCannotGoOn({ host, peer }: OtherHost, seen: ReturnType<typeof workersSeen>): string | undefined {
  if (peer?.status !== "green") return `the healer of ${host} is not heard`;
  const workers = peer.view?.marks.workers;
  if (workers === undefined) return `the healer of ${host} does not say how its workers are`;
  if (workers.own <= (workers.drained ?? 0)) return `${host} has no worker that gets requests`;
  if (workers.green < workers.own) return `only ${workers.green} of ${workers.own} workers of ${host} are well`;
  const updating = peer.view?.marks.updating;
  if (updating !== undefined) return `an update of ${updating.join(", ")} is under way on ${host}`;
  if (peer.view?.listens !== true) return `the healer of ${host} does not listen to its machines yet`;
  return seen !== undefined && (seen[host] ?? 0) === 0 ? `no worker of ${host} answers the balancer here` : undefined;
}

function moveAddress(state: State, drain: HostDrain, limits: Limits, nowMs: number): Kept {
  const { updating, vipMove, keptVip } = state;
  const unchanged = { state, actions: [] };
  const rival = hostThatGoes(state, limits, nowMs);
  if (rival !== undefined) return end(state, `preflight: ${rival}`, limits, nowMs);
  if (isJustListening(state, limits, nowMs) || updating !== undefined || vipMove !== undefined) return unchanged;
  if (!haveOthersAnswered(state, drain) || isUpdatedElsewhere(state)) return unchanged;
  const balancer = balancerOf(state);
  if (isUnknown(balancer, limits, nowMs)) {
    if (nowMs - drain.phaseMs < limits.repairDeadlineMs) return unchanged;
    return end(state, `preflight: ${balancer?.slot} is not heard, and may hold the service's address`, limits, nowMs);
  }
  if (balancer === undefined || !holdsVip(balancer, limits, nowMs)) return enter(state, drain, "draining", nowMs);
  if (keptVip !== undefined && keptVip.atMs >= drain.phaseMs) return end(state, keptVip.why, limits, nowMs);
  const refusal = vipMoveRefusal(state, nowMs);
  if (refusal !== undefined) return end(state, `preflight: ${refusal}`, limits, nowMs);
  return beginMove(state, balancer, drain.by, nowMs);
}

/** The address may come back as long as this host still serves. */
function drainWorkers(state: State, drain: HostDrain, limits: Limits, nowMs: number): Kept {
  const balancer = balancerOf(state);
  if (balancer !== undefined && holdsVip(balancer, limits, nowMs)) return enter(state, drain, "moving", nowMs);
  const undrained = undrainedIn(state);
  if (undrained.length > 0) return drainAll(state, undrained, drain.by, nowMs);
  // Whoever has only just begun to listen takes nobody for gone.
  const isEarly = nowMs - state.startedMs < limits.startGraceMs || isJustListening(state, limits, nowMs);
  if (isEarly || awaitedOf(state, limits, nowMs) !== undefined) return { state, actions: [] };
  const sentence = "this host may be switched off: no request is under way on its workers";
  const ready = enter(state, drain, "ready", nowMs);
  return { state: ready.state, actions: [noted({ kind: "hostReady", sentence })] };
}

function drainAll(state: State, workers: readonly SlotState[], by: string, nowMs: number): Kept {
  const drained = workers.map((slot) => [slot.slot, { ...slot, drain: { by, atMs: nowMs, ofHost: true } }] as const);
  return {
    state: { ...state, slots: { ...state.slots, ...Object.fromEntries(drained) } },
    actions: workers.map(({ slot }) => noted({ kind: "drained", slot, by, ofHost: true })),
  };
}

/** Each once it stays green. What is not in the time of a repair comes back by itself, like any machine that was repaired. */
function putBack(state: State, drain: HostDrain, limits: Limits, nowMs: number): Kept {
  const isLate = nowMs - drain.phaseMs >= limits.repairDeadlineMs;
  const isSteady = ({ status, sinceMs }: SlotState) => status === "green" && nowMs - sinceMs >= limits.steadyMs;
  const due = slotsOf(state).filter((slot) => isOfHost(slot) && (isLate || isSteady(slot)));
  if (due.length > 0) return undrain(state, due);
  return stillOut(state) === undefined || isLate ? end(state, "ok", limits, nowMs) : { state, actions: [] };
}

function undrain(state: State, workers: readonly SlotState[]): Kept {
  const undrained = workers.map((slot) => [slot.slot, { ...slot, drain: undefined }] as const);
  return {
    state: { ...state, slots: { ...state.slots, ...Object.fromEntries(undrained) } },
    actions: workers.map(({ slot }) => noted({ kind: "undrained", slot, by: "the return of this host" })),
  };
}

function end(state: State, outcome: string, limits: Limits, nowMs: number): Kept {
  const { state: next, actions } = undrain(state, slotsOf(state).filter(isOfHost));
  // What was changed by hand on a host that was away shows soon; but first its machines settle.
  const ended = { ...next, hostDrain: undefined, nextDriftMs: nowMs + limits.provenMs };
  return { state: ended, actions: [...actions, noted({ kind: "hostDrainEnded", outcome })] };
}

/** What a person has drained besides stays drained. */
function isOfHost({ drain }: SlotState): boolean {
  return drain?.ofHost === true;
}

function stillOut(state: State): SlotState | undefined {
  return slotsOf(state).find((slot) => {
    const mayLeave = slot.facts.beat?.value.service === "draining" || isAsked(slot);
    return isOfHost(slot) || (slot.drain === undefined && mayLeave);
  });
}

function enter(state: State, drain: HostDrain, phase: HostDrain["phase"], nowMs: number): Kept {
  return { state: { ...state, hostDrain: { ...drain, phase, phaseMs: nowMs } }, actions: [] };
}

function balancerOf(state: State): SlotState | undefined {
  return slotsOf(state).find(({ role }) => role === "balancer");
}

/** Its machine may run, and says nothing of itself. */
function isUnknown(balancer: SlotState | undefined, { silentMs }: Limits, nowMs: number): boolean {
  if (balancer === undefined) return false;
  const { domain, beat } = balancer.facts;
  const isDown = domain !== undefined && domain.value.state !== "running";
  return !isDown && !isFresh(beat, silentMs, nowMs);
}

function undrainedIn(state: State): SlotState[] {
  return slotsOf(state).filter((slot) => slot.role === "worker" && slot.drain === undefined);
}

function isUnheard(balancer: SlotState | undefined): boolean {
  return balancer !== undefined && balancer.facts.beat === undefined;
}

function noted(entry: JournalEntry): Action {
  return { kind: "journal", entry };
}
