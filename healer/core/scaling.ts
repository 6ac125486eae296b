/**
 * How many workers the host has. Those that are too many leave the rotation first; then one update makes and removes
 * machines, and the plan that it deploys is healed from then on. An update that was cut short is followed by another one
 * that only removes, to the fewer workers of the two numbers: that needs neither space nor memory nor an image.
 */
import type { Action, JournalEntry } from "./actions.ts";
import type { Event, RepairOutcome } from "./events.ts";
import { hostDrainObstacle } from "./hostDrain.ts";
import { isLeftToPersons } from "./leftToPersons.ts";
import type { Limits } from "./limits.ts";
import { isEmptied, isJustListening, rotationProblem } from "./rotation.ts";
import { slotsOf } from "./slotsOf.ts";
import { type Evacuated, standInsOf, standInWords } from "./standIns.ts";
import type { Past, PlannedSlot, Scaling, SlotState, State } from "./state.ts";
import { hasTooMuchToDo } from "./tooMuchToDo.ts";

export interface Scaled {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly reason: string;
}

type Of<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

/** How many workers there have to be in all for so many of the host's own: those that stand in for others come on top. */
export function withStandIns(state: Pick<State, "evacuated">, own: number): number {
  return own + standInsOf(state);
}

/** Why the number of workers may not become this one now, in one sentence; undefined if it may. */
export function scaleRefusal(state: State, workers: number, limits: Limits, nowMs: number): string | undefined {
  return changeRefusal(state, workers, limits, nowMs) ?? unwellIn(state, workers, isToBeMended);
}

/**
 * The same of a change that nobody has wished. A person who is refused one can mend what is in the way first; here nobody
 * would, so that what is left to persons is not waited for.
 */
export function unwishedRefusal(state: State, workers: number, limits: Limits, nowMs: number): string | undefined {
  const isWaitedFor = (slot: SlotState) => isToBeMended(slot) && !isLeftToPersons(state, slot, limits, nowMs);
  return changeRefusal(state, workers, limits, nowMs) ?? unwellIn(state, workers, isWaitedFor);
}

function changeRefusal(state: State, workers: number, limits: Limits, nowMs: number): string | undefined {
  const { scaling, updating, pausedUntilMs, breakerUntilMs, host } = state;
  if (workersOf(slotsOf(state)).length === workers) {
    const standIns = standInsOf(state);
    const beside = standIns === 0 ? "" : `, beside ${standIns} that stand in for other hosts`;
    return `this host has ${workers - standIns} workers already${beside}`;
  }
  if (scaling !== undefined && scaling.tries > 0) {
    return `a change of the number of workers by ${scaling.by} was cut short, and is brought to an end first`;
  }
  if (scaling !== undefined) return `${scaling.by} is changing the number of workers to ${scaling.workers}`;
  if (updating !== undefined) return `an update of ${updating.slots.join(", ")} is under way`;
  if (nowMs < pausedUntilMs) return `repairs are paused for ${Math.ceil((pausedUntilMs - nowMs) / 1000)} s more`;
  const hostDrained = hostDrainObstacle(state);
  if (hostDrained !== undefined) return hostDrained;
  if (nowMs < breakerUntilMs) return "repairs do not help, and nothing is begun for a while";
  if (host.hypervisorSilent !== undefined) return `libvirt does not answer (${host.hypervisorSilent.value})`;
  if ((host.stateFreeBytes?.value ?? Number.POSITIVE_INFINITY) < limits.minStateFreeBytes) {
    return "the state's file system has too little space left";
  }
  return undefined;
}

function unwellIn(state: State, workers: number, isWaitedFor: (slot: SlotState) => boolean): string | undefined {
  const leaving = beyond(slotsOf(state), workers);
  const bad = slotsOf(state).find((slot) => isWaitedFor(slot) && !leaving.includes(slot.slot));
  return bad && `${bad.slot} is ${bad.status}, and what is not well is mended first`;
}

/** Another number of workers may be what helps one that has too much to do. */
function isToBeMended(slot: SlotState): boolean {
  return slot.status !== "green" && !hasTooMuchToDo(slot);
}

/** A person says how many workers of its own the host is to have. */
export function hearScale(state: State, { workers: own, by }: Of<"scale">, limits: Limits, nowMs: number): Scaled {
  const workers = withStandIns(state, own);
  const refusal = scaleRefusal(state, workers, limits, nowMs);
  if (refusal !== undefined) return { state, actions: [], reason: `refused: ${refusal}` };
  return beginScaling(state, { workers, by, evacuated: state.evacuated, givesBackTo: undefined }, nowMs);
}

/** Whoever calls this has asked whether it may begin. */
export function beginScaling(
  state: State,
  wish: Pick<Scaling, "workers" | "by" | "evacuated" | "givesBackTo">,
  nowMs: number,
): Scaled {
  const { workers, by, evacuated } = wish;
  const leaving = beyond(slotsOf(state), workers);
  const begun = { leaving, atMs: nowMs, phase: "draining", tries: 0, notBeforeMs: nowMs } as const;
  const entry = { kind: "scaleBegun", workers, by, leaving, evacuated } as const;
  const reason = `${by} asks for ${workers} workers${standInWords(evacuated)}`;
  return { state: { ...state, scaling: { ...wish, ...begun } }, actions: [noted(entry)], reason };
}

/** Takes back what has not come to its update yet: those that were drained get requests again. */
export function stopScaling(state: State, why: string, limits: Limits, nowMs: number): Scaled {
  const { scaling } = state;
  if (scaling?.phase !== "draining") return { state, actions: [], reason: "" };
  return giveUp(state, scaling, `preflight: ${why}`, limits, nowMs);
}

/** One whose update was cut short, as it is brought to an end. */
export function takenUp(
  planned: readonly Pick<PlannedSlot, "slot" | "role">[],
  { workers, by, tries, evacuated }: NonNullable<Past["cutShort"]>,
  deployed: Evacuated,
  notBeforeMs: number,
): Scaling {
  const there = workersOf(planned).length;
  const fewer = Math.min(workers, there);
  const leaving = beyond(planned, fewer);
  const wish = { workers: fewer, by, evacuated: workers < there ? evacuated : deployed, givesBackTo: undefined };
  return { ...wish, leaving, atMs: notBeforeMs, phase: "draining", tries, notBeforeMs };
}

/** From the drained machines to the update; or to giving up. */
export function goOnScaling(state: State, limits: Limits, nowMs: number): Scaled {
  const { scaling } = state;
  if (scaling === undefined || scaling.phase === "done") return { state, actions: [], reason: "" };
  if (scaling.phase === "updating") {
    if (nowMs - scaling.atMs < limits.repairDeadlineMs) return { state, actions: [], reason: "" };
    return giveUp(state, scaling, `deadline: no result in ${limits.repairDeadlineMs / 1000} s`, limits, nowMs);
  }
  if (scaling.tries >= limits.scaleTries) {
    // What is left of it shows as drift.
    return { state: { ...state, scaling: undefined, nextDriftMs: nowMs }, actions: [], reason: "" };
  }
  if (scaling.tries > 0 && isHeldBack(state, scaling, limits, nowMs)) return { state, actions: [], reason: "" };
  if (isJustListening(state, limits, nowMs)) return { state, actions: [], reason: "" };
  const slots = scaling.leaving.flatMap((name) => state.slots[name] ?? []);
  const busy = slots.find((slot) => !isEmptied(slot, limits, nowMs));
  if (busy !== undefined && nowMs - scaling.atMs >= limits.wishMs) {
    const why = rotationProblem(busy) ?? "it does not say why";
    return giveUp(state, scaling, `preflight: ${busy.slot} could not be drained: ${why}`, limits, nowMs);
  }
  const isAtWork = slots.some(({ status }) => status === "repairing" || status === "settling");
  if (busy !== undefined || isAtWork || state.updating !== undefined) return { state, actions: [], reason: "" };
  const generation = state.generation + 1;
  const updating = { generation, slots: [...scaling.leaving, ...missing(state, scaling.workers)] };
  const { workers, evacuated } = scaling;
  const next: State = { ...state, generation, updating, scaling: { ...scaling, phase: "updating", atMs: nowMs } };
  return { state: next, actions: [{ kind: "scale", workers, evacuated, generation }], reason: "" };
}

export function hearScaled(state: State, { generation, outcome }: Of<"scaled">, limits: Limits, nowMs: number): Scaled {
  const { scaling, updating } = state;
  if (scaling?.phase !== "updating" || updating?.generation !== generation) {
    return { state, actions: [], reason: `ignored: no change of the number of workers ${generation} is under way` };
  }
  if (!outcome.ok) return giveUp(state, scaling, `${outcome.code}: ${outcome.reason}`, limits, nowMs);
  // That what was cut short could be taken back says nothing of the next try.
  const evacuation = scaling.tries > 0 ? state.evacuation : { failures: 0, notBeforeMs: nowMs };
  // Until the new plan is healed those that were removed are held, or they would be missed.
  const done: State = { ...state, updating: undefined, scaling: { ...scaling, phase: "done" }, evacuation };
  // One that was taken back leaves the plan as it was, so nobody starts over.
  const isAsBefore = workersOf(slotsOf(state)).length === scaling.workers;
  const next = isAsBefore ? { ...done, scaling: undefined, nextDriftMs: nowMs } : done;
  return { state: next, actions: [ended(scaling, "ok")], reason: sentenceOf(scaling, outcome) };
}

/** Whether a machine is being removed: what becomes of it is nobody's to judge. */
export function isRemoved({ scaling }: State, name: string): boolean {
  return scaling !== undefined && scaling.phase !== "draining" && scaling.leaving.includes(name);
}

/** Whether a machine is not worth a repair any more. One that is only drained may yet stay. */
export function isDoomed(state: State, name: string): boolean {
  const { scaling } = state;
  const wasCutShort = scaling !== undefined && scaling.tries > 0 && scaling.leaving.includes(name);
  return wasCutShort || isRemoved(state, name);
}

/** Nothing is known of what was made or removed by an update that was cut short: the next one removes it, whatever it is. */
function giveUp(state: State, scaling: Scaling, outcome: string, limits: Limits, nowMs: number): Scaled {
  const updating = scaling.phase === "updating" ? undefined : state.updating;
  const next = {
    ...state,
    updating,
    scaling: nextTry(state, scaling, outcome, limits, nowMs),
    evacuation: later(state.evacuation.failures + 1, limits, nowMs),
    nextDriftMs: nowMs,
  };
  return { state: next, actions: [ended(scaling, outcome)], reason: `not ${scaling.workers} workers: ${outcome}` };
}

/** What nobody waits for is not begun again at once after a change that came to nothing. */
export function later(failures: number, { driftRetryMs, maxBackoffMs }: Limits, fromMs: number): State["evacuation"] {
  if (failures === 0) return { failures, notBeforeMs: fromMs };
  return { failures, notBeforeMs: fromMs + Math.min(maxBackoffMs, driftRetryMs * 2 ** (failures - 1)) };
}

/** A wish that could not begin is over. */
function nextTry(state: State, scaling: Scaling, outcome: string, limits: Limits, nowMs: number): Scaling | undefined {
  const { tries } = scaling;
  const hasBegun = !/^(locked|preflight):/.test(outcome);
  if (!hasBegun && tries === 0) return undefined;
  const waitMs = hasBegun ? limits.backoffMs * 2 ** tries : limits.driftRetryMs;
  const cutShort = { ...scaling, tries: hasBegun ? tries + 1 : tries };
  return takenUp(slotsOf(state), cutShort, state.evacuated, nowMs + waitMs);
}

/** What was cut short waits like a repair would, and for the healer to have heard who is there. */
function isHeldBack(state: State, { notBeforeMs }: Scaling, { startGraceMs }: Limits, nowMs: number): boolean {
  const { startedMs, pausedUntilMs, host } = state;
  const isEarly = nowMs < Math.max(notBeforeMs, pausedUntilMs, startedMs + startGraceMs);
  return isEarly || host.hypervisorSilent !== undefined || hostDrainObstacle(state) !== undefined;
}

function sentenceOf({ workers }: Scaling, { tookMs }: Extract<RepairOutcome, { ok: true }>): string {
  return `${workers} workers are deployed after ${(tookMs / 1000).toFixed(1)} s`;
}

/** The last ones go: a slot's number is its address. */
function beyond(planned: readonly Pick<PlannedSlot, "slot" | "role">[], workers: number): string[] {
  const numbered = workersOf(planned).map(({ slot }) => slot);
  return numbered.filter((slot) => Number(slot.slice(slot.lastIndexOf("-") + 1)) > workers);
}

/** Those that are made. */
function missing({ slots }: State, workers: number): string[] {
  const names = Array.from({ length: workers }, (_, index) => `web-${index + 1}`);
  return names.filter((name) => slots[name] === undefined);
}

function workersOf<Slot extends Pick<PlannedSlot, "role">>(planned: readonly Slot[]): Slot[] {
  return planned.filter(({ role }) => role === "worker");
}

function ended({ workers, tries }: Scaling, outcome: string): Action {
  return noted({ kind: tries > 0 ? "scaleSettled" : "scaleEnded", workers, outcome });
}

function noted(entry: JournalEntry): Action {
  return { kind: "journal", entry };
}
