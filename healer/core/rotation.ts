/**
 * Which workers get requests. A person's wish is kept by asking the machine until it says of itself what was wished: a
 * machine that was rebuilt or rebooted knows nothing of it, and one that nobody wants drained may have been left so.
 */
import type { Action, JournalEntry } from "./actions.ts";
import type { Event, RotateOutcome } from "./events.ts";
import { isFresh } from "./facts.ts";
import type { Limits } from "./limits.ts";
import { slotsOf } from "./slotsOf.ts";
import type { Rotation, SlotState, State } from "./state.ts";
import { openWish } from "./wish.ts";

export interface Rotated {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly reason: string;
}

type Of<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

/** Longer than the answer to a question takes: what is asked and never answered is asked again. */
const answerGraceMs = 10_000;

/** Why a machine may not be drained, in one sentence; undefined if it may. */
export function drainRefusal(
  state: State,
  { slot: name, force }: Pick<Of<"drain">, "slot" | "force">,
  limits: Limits,
  nowMs: number,
) {
  const slot = state.slots[name];
  if (slot === undefined) return `${name} is not planned`;
  if (slot.role !== "worker") return `${name} is a balancer, and only workers are drained`;
  if (force || slot.facts.beat?.value.service !== "up") return undefined;
  const others = slotsOf(state).filter((other) => other !== slot && other.role === "worker");
  const isLeft = others.some((other) => other.drain === undefined && isUp(other, limits, nowMs));
  return isLeft ? undefined : `${name} is the last worker of this host that serves`;
}

export function hearDrain(state: State, event: Of<"drain">, limits: Limits, nowMs: number): Rotated {
  const refusal = drainRefusal(state, event, limits, nowMs);
  if (refusal !== undefined) return { state, actions: [], reason: `refused: ${refusal}` };
  const { slot, by } = event;
  const changed = change(state, slot, { drain: { by, atMs: nowMs } });
  return { state: changed, actions: [noted({ kind: "drained", slot, by })], reason: `${by} drains ${slot}` };
}

export function hearUndrain(state: State, { slot, by }: Of<"undrain">): Rotated {
  if (state.slots[slot] === undefined) return { state, actions: [], reason: `refused: ${slot} is not planned` };
  const changed = change(state, slot, { drain: undefined });
  return { state: changed, actions: [noted({ kind: "undrained", slot, by })], reason: `${by} puts ${slot} back` };
}

export function hearRotated(state: State, { slot: name, generation, outcome }: Of<"rotated">, nowMs: number): Rotated {
  const rotation = state.slots[name]?.rotation;
  if (rotation?.generation !== generation || rotation.outcome !== undefined) {
    return { state, actions: [], reason: `ignored: ${name} was not asked that` };
  }
  const sentence = sentenceOf(name, rotation.to, outcome);
  const changed = change(state, name, { rotation: { ...rotation, outcome, atMs: nowMs } });
  return { state: changed, actions: [noted({ kind: "rotation", slot: name, sentence })], reason: sentence };
}

/** Asks each worker whose place in the rotation is not what it should be. */
export function keepRotation(state: State, limits: Limits, nowMs: number): Pick<Rotated, "state" | "actions"> {
  const actions: Action[] = [];
  let next = state;
  for (const slot of slotsOf(state)) {
    const isLeaving = state.scaling?.leaving.includes(slot.slot) ?? false;
    const to = missingMove(slot, isLeaving, limits, nowMs);
    if (to === undefined || isWaiting(slot.rotation, to, limits, nowMs)) continue;
    const generation = (slot.rotation?.generation ?? 0) + 1;
    next = change(next, slot.slot, { rotation: { generation, to, atMs: nowMs, outcome: undefined } });
    actions.push({ kind: "rotate", slot: slot.slot, to, generation });
  }
  return { state: next, actions };
}

/** Whether nothing is left that a machine would have to finish before something is done to it. */
export function isEmptied(slot: SlotState, limits: Limits, nowMs: number): boolean {
  return slot.role !== "worker" || (!isUp(slot, limits, nowMs) && !(isOut(slot, limits, nowMs) && !hasFinished(slot)));
}

/** After a pause of its own the healer takes nobody for gone whose last word is old. */
export function isJustListening({ host, startedMs }: State, { silentMs }: Limits, nowMs: number): boolean {
  return host.deafUntilMs > startedMs && nowMs - host.deafUntilMs <= silentMs;
}

/** Why a machine that is to leave has not left yet; undefined if it has not said. */
export function rotationProblem({ rotation }: SlotState): string | undefined {
  return rotation?.to === "out" && rotation.outcome?.ok === false ? rotation.outcome.reason : undefined;
}

export function hasFinished({ rotation }: SlotState): boolean {
  return rotation?.to === "out" && rotation.outcome?.ok === true;
}

/** Whether it was asked to leave or to come back, and has not answered. */
export function isAsked({ rotation }: SlotState): boolean {
  return rotation !== undefined && rotation.outcome === undefined;
}

function missingMove(slot: SlotState, isLeaving: boolean, limits: Limits, nowMs: number): "out" | "in" | undefined {
  const { role, status, drain } = slot;
  if (role !== "worker" || status === "repairing" || status === "settling") return undefined;
  if (isLeaving || drain !== undefined || openWish(slot, limits, nowMs) !== undefined) {
    const isDone = isOut(slot, limits, nowMs) && hasFinished(slot);
    return !isDone && (isUp(slot, limits, nowMs) || isOut(slot, limits, nowMs)) ? "out" : undefined;
  }
  // One that was asked to leave may yet do so.
  if (isAsked(slot) && slot.rotation?.to === "out") return "in";
  if (!isOut(slot, limits, nowMs)) return undefined;
  // A machine that shuts down drains by itself, and is gone in a moment.
  const isOurs = slot.rotation !== undefined || (status === "unknown" && nowMs - slot.sinceMs > limits.serviceGraceMs);
  return isOurs ? "in" : undefined;
}

/** What was asked takes its time; what came of it shows in the next heartbeats only; and what failed is not tried at once. */
function isWaiting(rotation: Rotation | undefined, to: "out" | "in", limits: Limits, nowMs: number): boolean {
  if (rotation === undefined || rotation.to !== to) return false;
  const { outcome, atMs } = rotation;
  const waitMs =
    outcome === undefined ? limits.drainMs + answerGraceMs : outcome.ok ? limits.serviceGraceMs : limits.backoffMs;
  return nowMs - atMs < waitMs;
}

function isUp({ facts }: SlotState, limits: Limits, nowMs: number): boolean {
  return facts.beat?.value.service === "up" && isFresh(facts.beat, limits.silentMs, nowMs);
}

function isOut({ facts }: SlotState, limits: Limits, nowMs: number): boolean {
  return facts.beat?.value.service === "draining" && isFresh(facts.beat, limits.silentMs, nowMs);
}

function sentenceOf(slot: string, to: "out" | "in", outcome: RotateOutcome): string {
  if (!outcome.ok) return `${slot} could not be ${to === "out" ? "drained" : "put back"}: ${outcome.reason}`;
  return to === "out" ? `${slot} is drained: no request is under way there` : `${slot} is back in rotation`;
}

function noted(entry: JournalEntry): Action {
  return { kind: "journal", entry };
}

function change(state: State, name: string, news: Partial<SlotState>): State {
  const slot = state.slots[name];
  return slot === undefined ? state : { ...state, slots: { ...state.slots, [name]: { ...slot, ...news } } };
}
