/**
 * How many workers the host has. Those that are too many leave the rotation first; then one update makes and removes
 * machines, and the plan that it deploys is healed from then on.
 */
import type { Action, JournalEntry } from "./actions.ts";
import type { Event, RepairOutcome } from "./events.ts";
import type { Limits } from "./limits.ts";
import { isEmptied, rotationProblem } from "./rotation.ts";
import type { Scaling, State } from "./state.ts";

export interface Scaled {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly reason: string;
}

type Of<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

/** Why the number of workers may not change now, in one sentence; undefined if it may. */
export function scaleRefusal(state: State, workers: number, limits: Limits, nowMs: number): string | undefined {
  const { scaling, updating, pausedUntilMs, breakerUntilMs, host } = state;
  if (workersOf(state).length === workers) return `this host has ${workers} workers already`;
  if (scaling !== undefined) return `${scaling.by} is changing the number of workers to ${scaling.workers}`;
  if (updating !== undefined) return `an update of ${updating.slots.join(", ")} is under way`;
  if (nowMs < pausedUntilMs) return `repairs are paused for ${Math.ceil((pausedUntilMs - nowMs) / 1000)} s more`;
  if (nowMs < breakerUntilMs) return "repairs do not help, and nothing is begun for a while";
  if (host.hypervisorSilent !== undefined) return `libvirt does not answer (${host.hypervisorSilent.value})`;
  if ((host.stateFreeBytes?.value ?? Number.POSITIVE_INFINITY) < limits.minStateFreeBytes) {
    return "the state's file system has too little space left";
  }
  const leaving = leavingAt(state, workers);
  const bad = Object.values(state.slots).find(({ slot, status }) => status !== "green" && !leaving.includes(slot));
  return bad && `${bad.slot} is ${bad.status}, and what is not well is mended first`;
}

export function hearScale(state: State, { workers, by }: Of<"scale">, limits: Limits, nowMs: number): Scaled {
  const refusal = scaleRefusal(state, workers, limits, nowMs);
  if (refusal !== undefined) return { state, actions: [], reason: `refused: ${refusal}` };
  const leaving = leavingAt(state, workers);
  const scaling: Scaling = { workers, by, atMs: nowMs, leaving, phase: "draining" };
  const entry = { kind: "scaleBegun", workers, by, leaving } as const;
  return { state: { ...state, scaling }, actions: [noted(entry)], reason: `${by} asks for ${workers} workers` };
}

/** From the drained machines to the update; or to giving up. */
export function goOnScaling(state: State, limits: Limits, nowMs: number): Scaled {
  const { scaling } = state;
  if (scaling === undefined || scaling.phase === "done") return { state, actions: [], reason: "" };
  if (scaling.phase === "updating") {
    if (nowMs - scaling.atMs < limits.repairDeadlineMs) return { state, actions: [], reason: "" };
    return giveUp(state, scaling, `deadline: no result in ${limits.repairDeadlineMs / 1000} s`, nowMs);
  }
  const slots = scaling.leaving.flatMap((name) => state.slots[name] ?? []);
  const busy = slots.find((slot) => !isEmptied(slot, limits, nowMs));
  if (busy !== undefined && nowMs - scaling.atMs >= limits.wishMs) {
    const why = rotationProblem(busy) ?? "it does not say why";
    return giveUp(state, scaling, `preflight: ${busy.slot} could not be drained: ${why}`, nowMs);
  }
  const isAtWork = slots.some(({ status }) => status === "repairing" || status === "settling");
  if (busy !== undefined || isAtWork || state.updating !== undefined) return { state, actions: [], reason: "" };
  const generation = state.generation + 1;
  const updating = { generation, slots: scaling.leaving };
  const next: State = { ...state, generation, updating, scaling: { ...scaling, phase: "updating", atMs: nowMs } };
  return { state: next, actions: [{ kind: "scale", workers: scaling.workers, generation }], reason: "" };
}

export function hearScaled(state: State, { generation, outcome }: Of<"scaled">, nowMs: number): Scaled {
  const { scaling, updating } = state;
  if (scaling?.phase !== "updating" || updating?.generation !== generation) {
    return { state, actions: [], reason: `ignored: no change of the number of workers ${generation} is under way` };
  }
  if (!outcome.ok) return giveUp(state, scaling, `${outcome.code}: ${outcome.reason}`, nowMs);
  // Until the new plan is healed those that were removed are held, or they would be missed.
  const done: State = { ...state, updating: undefined, scaling: { ...scaling, phase: "done" } };
  return { state: done, actions: [ended(scaling, "ok")], reason: sentenceOf(scaling, outcome) };
}

/** Whether a machine is being removed: what becomes of it is nobody's to judge. */
export function isRemoved({ scaling }: State, name: string): boolean {
  return scaling !== undefined && scaling.phase !== "draining" && scaling.leaving.includes(name);
}

/** Nothing is known of what was made or removed: the check for drift tells. */
function giveUp(state: State, scaling: Scaling, outcome: string, nowMs: number): Scaled {
  const updating = scaling.phase === "updating" ? undefined : state.updating;
  const next = { ...state, updating, scaling: undefined, nextDriftMs: nowMs };
  return { state: next, actions: [ended(scaling, outcome)], reason: `not ${scaling.workers} workers: ${outcome}` };
}

function sentenceOf({ workers }: Scaling, { tookMs }: Extract<RepairOutcome, { ok: true }>): string {
  return `${workers} workers are deployed after ${(tookMs / 1000).toFixed(1)} s`;
}

/** The last ones go: a slot's number is its address. */
function leavingAt(state: State, workers: number): string[] {
  const numbered = workersOf(state).map(({ slot }) => slot);
  return numbered.filter((slot) => Number(slot.slice(slot.lastIndexOf("-") + 1)) > workers);
}

function workersOf({ slots }: State) {
  return Object.values(slots).filter(({ role }) => role === "worker");
}

function ended({ workers }: Scaling, outcome: string): Action {
  return noted({ kind: "scaleEnded", workers, outcome });
}

function noted(entry: JournalEntry): Action {
  return { kind: "journal", entry };
}
