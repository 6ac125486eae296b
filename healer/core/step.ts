/**
 * The healer's one decision: state and event in, state and what is to be done out. It reads no clock, draws no random
 * number and does nothing itself, so that the simulator can lead it through any world, and a transcript repeats it.
 */
import { absorb } from "./absorb.ts";
import type { Action } from "./actions.ts";
import { causeOf } from "./causes.ts";
import { conclude } from "./conclude.ts";
import { decide } from "./decide.ts";
import { askForDrift, hearDrift } from "./drift.ts";
import { hearRoom, keepEvacuation } from "./evacuation.ts";
import type { Event } from "./events.ts";
import { giveUpLate, openBreaker } from "./guard.ts";
import { hearWish } from "./hearWish.ts";
import { judge } from "./judge.ts";
import { hearHostDrain, hearHostReturn, keepHostDrain } from "./keepHostDrain.ts";
import type { Limits } from "./limits.ts";
import { hearPeers, judgeHosts } from "./otherHost.ts";
import { updatePages } from "./pages.ts";
import { hearDrain, hearRotated, hearUndrain, keepRotation } from "./rotation.ts";
import { goOnScaling, hearScale, hearScaled } from "./scaling.ts";
import type { State } from "./state.ts";
import { goOnMoving, hearVipMove, hearVipMoved } from "./vipMove.ts";
import { yieldForWish } from "./yieldForWish.ts";

export interface Step {
  readonly state: State;
  /** In the order in which they are to be done. */
  readonly actions: readonly Action[];
  /** One sentence: what this step has changed and why. Empty if nothing. */
  readonly reason: string;
}

export function step(state: State, event: Event, limits: Limits, nowMs: number): Step {
  const heard = hear(absorb(state, event, limits, nowMs), event, limits, nowMs);
  const guarded = giveUpLate(heard.state, limits, nowMs);
  // A slot whose repair was given up is red by what was known before that repair, until it is judged by what is known now.
  const only = guarded.actions.length === 0 ? slotsAlone(event) : undefined;
  const judged = judge(guarded.state, only, limits, nowMs);
  const broken = openBreaker(judged.state, limits, nowMs);
  // What is red was judged in this very step, or its evidence may have grown old since; the next tick is not far.
  const decided = only === undefined ? decide(broken.state, limits, nowMs) : { state: broken.state, actions: [] };
  const kept = event.kind === "tick" ? keepOn(decided.state, limits, nowMs) : { state: decided.state, actions: [] };
  const asked = askForDrift(state, kept.state, event, limits, nowMs);
  const told = updatePages(asked.state, limits, nowMs);
  const actions = [
    ...heard.actions,
    ...guarded.actions,
    ...judged.actions,
    ...broken.actions,
    ...decided.actions,
    ...kept.actions,
    ...asked.actions,
    ...told.actions,
  ];
  return { state: told.state, actions, reason: heard.reason || reasonOf(actions) };
}

/** The slots that are judged by an event, if it says nothing of others and nothing has to be begun on it at once. */
function slotsAlone(event: Event): readonly string[] | undefined {
  if (event.kind === "beats") return Object.keys(event.beats);
  return event.kind === "connect" ? [event.slot] : undefined;
}

/** What takes its time: what persons have wished, and what the loss of another host asks for. */
function keepOn(state: State, limits: Limits, nowMs: number): Pick<Step, "state" | "actions"> {
  const hosts = judgeHosts(state, limits, nowMs);
  const moved = goOnMoving(hosts.state, limits, nowMs);
  const drained = keepHostDrain(moved.state, limits, nowMs);
  const evacuated = keepEvacuation(drained.state, limits, nowMs);
  const scaled = goOnScaling(evacuated.state, limits, nowMs);
  const yielded = yieldForWish(scaled.state, limits, nowMs);
  const rotated = keepRotation(yielded.state, limits, nowMs);
  const actions = [hosts, moved, drained, evacuated, scaled, yielded, rotated].flatMap((part) => part.actions);
  return { state: rotated.state, actions };
}

interface Heard {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly reason: string;
}

/** What is no observation: results of the core's own actions, and the wishes of persons. */
function hear(state: State, event: Event, limits: Limits, nowMs: number): Heard {
  switch (event.kind) {
    case "tick": {
      if (event.lagMs <= limits.maxLoopLagMs) break;
      const { title, because } = causeOf("notListening");
      const sentence = `${title} for ${Math.round(event.lagMs)} ms: ${because}`;
      const entry = { kind: "notListening", lagMs: event.lagMs, sentence } as const;
      return { state, actions: [{ kind: "journal", entry }], reason: sentence };
    }
    case "repaired":
      return conclude(state, event, limits, nowMs);
    case "driftChecked": {
      const { state: next, sentence, clean } = hearDrift(state, event, limits, nowMs);
      const entry = { kind: "drift", generation: event.generation, clean, sentence } as const;
      return { state: next, actions: [{ kind: "journal", entry }], reason: sentence };
    }
    case "pause":
      return pause(state, event, nowMs);
    case "resume":
      return resume(state, event, nowMs);
    case "drain":
      return hearDrain(state, event, limits, nowMs);
    case "undrain":
      return hearUndrain(state, event);
    case "hostDrain":
      return hearHostDrain(state, event, limits, nowMs);
    case "hostReturn":
      return hearHostReturn(state, event, nowMs);
    case "rotated":
      return hearRotated(state, event, nowMs);
    case "moveVip":
      return hearVipMove(state, event, nowMs);
    case "vipMoved":
      return hearVipMoved(state, event, nowMs);
    case "scale":
      return hearScale(state, event, limits, nowMs);
    case "scaled":
      return hearScaled(state, event, limits, nowMs);
    case "peers":
      return { ...hearPeers(state, event.peers), reason: "" };
    case "room":
      return { state: hearRoom(state, event), actions: [], reason: "" };
    case "replace":
      return { ...hearWish(state, event, limits, nowMs), actions: [] };
    default:
      break;
  }
  return { state, actions: [], reason: "" };
}

function pause(state: State, event: Of<"pause">, nowMs: number): Heard {
  const { slot, forMs, by } = event;
  const entry = { kind: "paused", slot, forMs, by } as const;
  const next =
    slot === undefined ? { ...state, pausedUntilMs: nowMs + event.forMs } : withPausedSlot(state, slot, nowMs + forMs);
  const reason = `${by} paused ${repairsOf(slot)} for ${Math.round(forMs / 60_000)} min`;
  return { state: next, actions: [{ kind: "journal", entry }], reason };
}

/** Whoever resumes all has looked into it: the breaker closes, and no machine's own pause is left behind. */
function resume(state: State, { slot, by }: Of<"resume">, nowMs: number): Heard {
  const entry = { kind: "resumed", slot, by } as const;
  const paused = slot === undefined ? Object.keys(state.slots) : [slot];
  const ended = paused.reduce((next, name) => withPausedSlot(next, name, nowMs), state);
  const next = slot === undefined ? { ...ended, pausedUntilMs: nowMs, breakerUntilMs: nowMs, failed: [] } : ended;
  return { state: next, actions: [{ kind: "journal", entry }], reason: `${by} resumed ${repairsOf(slot)}` };
}

function repairsOf(slot: string | undefined): string {
  return slot === undefined ? "repairs" : `the repairs of ${slot}`;
}

/** A wish about a machine that is no longer planned is nobody's. */
function withPausedSlot(state: State, name: string, pausedUntilMs: number): State {
  const slot = state.slots[name];
  return slot === undefined ? state : { ...state, slots: { ...state.slots, [name]: { ...slot, pausedUntilMs } } };
}

type Of<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

function reasonOf(actions: readonly Action[]): string {
  for (const action of actions) {
    if (action.kind !== "journal") continue;
    if ("sentence" in action.entry) return action.entry.sentence;
    if (action.entry.kind === "repairBegun") return action.entry.slots.map(({ sentence }) => sentence).join("; ");
  }
  return "";
}
