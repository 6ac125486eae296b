/** From the facts of all slots to the status of each: what one slot's facts mean depends on its siblings'. */
import type { Action } from "./actions.ts";
import { become, type Change } from "./become.ts";
import { type CauseName, causeOf } from "./causes.ts";
import { bootEndMs, diagnose, type Finding } from "./diagnose.ts";
import type { Limits } from "./limits.ts";
import { countOutcomes, failureOf, stillToProve, triedBefore, withHelp, withoutHelp } from "./proof.ts";
import { isRemoved } from "./scaling.ts";
import { slotsOf } from "./slotsOf.ts";
import type { SlotState, State, Suspicion } from "./state.ts";
import { openWish, sentenceOf, suspicionOf } from "./wish.ts";

/** Causes that are known by silence alone: many at once are more likely one fault of network or load. */
const soft: ReadonlySet<CauseName> = new Set([
  "serviceHung",
  "serviceBusy",
  "machineStarved",
  "machineUnreachable",
  "machineHung",
]);

/**
 * What the machine itself says while its domain runs. One machine's is its own; the same of most workers at once comes
 * from something that they share, and making them anew would bring it back.
 */
const inside: readonly CauseName[] = ["serviceWrong", "serviceDead", "guestDiskFull", "machineReboots"];

/** Causes that count together when most workers have them. */
const groups: readonly ReadonlySet<CauseName>[] = [soft, ...inside.map((cause) => new Set([cause]))];

/** A tap that is off the bridge says nothing about the machine behind it. */
const taps: ReadonlySet<CauseName> = new Set(["machineDetached", "networkBroken"]);

type Bad = Extract<Finding, { kind: "bad" }>;

export interface Judged {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** `only`: the slots that an event was about, if it says nothing of the others; they are judged at the next tick. */
export function judge(state: State, only: readonly string[] | undefined, limits: Limits, nowMs: number): Judged {
  const findings = new Map<string, Finding>();
  const all = only === undefined ? slotsOf(state) : only.map((name) => state.slots[name]);
  const judgedSlots = all.filter((slot) => slot !== undefined);
  for (const slot of judgedSlots) findings.set(slot.slot, diagnose(slot, state.host, limits, nowMs));
  nameTheNetwork(state, findings);

  const actions: Action[] = [];
  const changed: Record<string, SlotState> = {};
  let hasChanged = false;
  for (const slot of judgedSlots) {
    const change = askIfSilent(judgeSlot(slot, findings.get(slot.slot), state, limits, nowMs), limits, nowMs);
    if (change.slot === slot || isRemoved(state, slot.slot)) continue;
    hasChanged = true;
    changed[slot.slot] = change.slot;
    actions.push(...change.actions);
  }
  if (!hasChanged) return { state, actions };
  const counted = countOutcomes(state, { ...state, slots: { ...state.slots, ...changed } });
  return { state: counted.state, actions: [...actions, ...counted.actions] };
}

/** Taps that all left the bridge did not do so by themselves. */
function nameTheNetwork(state: State, findings: Map<string, Finding>): void {
  const detached: [string, Bad][] = [];
  for (const [slot, finding] of findings) {
    if (finding.kind === "bad" && finding.cause === "machineDetached") detached.push([slot, finding]);
  }
  if (detached.length < 2) return;
  const running = slotsOf(state).filter(({ facts }) => facts.domain?.value.state === "running");
  if (detached.length < running.length) return;
  for (const [slot, finding] of detached) findings.set(slot, { ...finding, cause: "networkBroken" });
}

function judgeSlot(slot: SlotState, finding: Finding | undefined, state: State, limits: Limits, nowMs: number): Change {
  if (finding === undefined) throw new Error(`${slot.slot} was not diagnosed`);
  switch (slot.status) {
    case "repairing":
      return { slot, actions: [] };
    case "settling":
      return judgeSettling(slot, finding, state, limits, nowMs);
    default:
      return judgeIdle(slot, finding, state, limits, nowMs);
  }
}

const well = { suspicion: undefined, hindrance: undefined };
const unsuspected = { suspicion: undefined };

function judgeIdle(slot: SlotState, finding: Finding, state: State, limits: Limits, nowMs: number): Change {
  const wish = openWish(slot, limits, nowMs);
  if (wish !== undefined) return judgeWished(slot, suspicionOf(wish), nowMs);
  switch (finding.kind) {
    case "well":
      if (slot.unfinished?.found !== undefined) {
        return judgeBad(
          slot,
          { kind: "bad", cause: "repairUnfinished", detail: slot.unfinished.found },
          state,
          limits,
          nowMs,
        );
      }
      return become(slot, "green", finding.detail, nowMs, { ...well, tried: stillToProve(slot, limits, nowMs) });
    case "unclear":
      return become(slot, "unknown", finding.detail, nowMs, unsuspected);
    case "silent":
      return become(slot, "yellow", finding.detail, nowMs, unsuspected);
    case "bad":
      return judgeBad(slot, finding, state, limits, nowMs);
  }
}

/** However it is: a person wants another one. What is waited for stays said until there is something else to say. */
function judgeWished(slot: SlotState, wished: Suspicion, nowMs: number): Change {
  if (slot.status === "red" && slot.suspicion?.cause === wished.cause) return { slot, actions: [] };
  return become(slot, "red", sentenceOf(wished), nowMs, { suspicion: wished });
}

function judgeBad(slot: SlotState, finding: Bad, state: State, limits: Limits, nowMs: number): Change {
  const cause = causeOf(finding.cause);
  const sinceMs = suspectedSinceMs(slot, finding, nowMs);
  const tried = triedBefore(slot, finding.cause, sinceMs, limits, nowMs);
  // What the last repair did or did not do is why another one follows, so that it is said.
  const detail = `${failureOf(tried)}${finding.detail}`;
  const suspicion = { cause: finding.cause, detail, sinceMs };
  const why = `${cause.title}: ${detail}`;
  if (!slot.wasWell && nowMs - state.startedMs < limits.startGraceMs) {
    return become(slot, "yellow", `${why}; I have only just started, and so may this host`, nowMs, { suspicion });
  }
  const patienceMs = cause.patience === 0 ? 0 : limits[cause.patience];
  if (nowMs - sinceMs < patienceMs || cause.repairs.length === 0) {
    const waiting = cause.because === "" ? why : `${why}; ${cause.because}`;
    return become(slot, "yellow", waiting, nowMs, { suspicion });
  }
  return become(slot, "red", why, nowMs, { suspicion, tried });
}

/** Silence and reboots know their own beginning; other evidence began when the same cause was first found. */
function suspectedSinceMs(slot: SlotState, finding: Bad, nowMs: number): number {
  if (finding.sinceMs !== undefined) return finding.sinceMs;
  return slot.suspicion?.cause === finding.cause ? slot.suspicion.sinceMs : nowMs;
}

/** A repaired slot has until its deadline to show that it is well; until then nothing else is read into it. */
function judgeSettling(slot: SlotState, finding: Finding, state: State, limits: Limits, nowMs: number): Change {
  const { attempt } = slot;
  if (attempt === undefined) throw new Error(`${slot.slot} settles after no repair`);
  if (finding.kind === "well") {
    const took = `${((nowMs - attempt.begunMs) / 1000).toFixed(1)} s`;
    const done = { ...well, attempt: undefined, tried: withHelp(slot, attempt, nowMs) };
    return become(slot, "green", `${attempt.repair} helped: it beats and serves again after ${took}`, nowMs, done);
  }
  const suspicion = finding.kind === "bad" ? suspectedAnew(slot, finding, nowMs) : slot.suspicion;
  const isGone = isPositive(finding) && nowMs - slot.sinceMs > limits.domainsFreshMs;
  if (nowMs < bootEndMs(attempt.deadlineMs, slot.facts, limits) && !isGone)
    return { slot: suspicion === slot.suspicion ? slot : { ...slot, suspicion }, actions: [] };
  const ended = { ...slot, attempt: undefined, tried: withoutHelp(slot, attempt) };
  if (finding.kind !== "bad") return judgeIdle(ended, finding, state, limits, nowMs);
  return judgeBad({ ...ended, suspicion }, finding, state, limits, nowMs);
}

/** What was suspected before the repair says nothing of how long this has been so since. */
function suspectedAnew(slot: SlotState, { cause, detail, sinceMs }: Bad, nowMs: number): SlotState["suspicion"] {
  const { suspicion } = slot;
  if (suspicion?.cause === cause && suspicion.sinceMs >= slot.sinceMs) return suspicion;
  return { cause, detail, sinceMs: sinceMs ?? nowMs };
}

/** libvirt's own word that the machine is gone needs no patience; one that is older than the repair is no such word. */
function isPositive(finding: Finding): boolean {
  return finding.kind === "bad" && causeOf(finding.cause).patience === 0 && !taps.has(finding.cause);
}

/** One witness of silence is not enough, so the machine itself is asked, again and again while it is silent. */
function askIfSilent({ slot, actions }: Change, limits: Limits, nowMs: number): Change {
  const { facts } = slot;
  if (facts.beat !== undefined && nowMs - facts.beat.atMs <= limits.silentMs) return { slot, actions };
  if (facts.domain?.value.state !== "running") return { slot, actions };
  if (facts.probedMs !== undefined && nowMs - facts.probedMs < limits.probeIntervalMs) return { slot, actions };
  const asked = { ...slot, facts: { ...facts, probedMs: nowMs } };
  return { slot: asked, actions: [...actions, { kind: "probe", slot: slot.slot }] };
}

/** Whether most workers fail together, and like this one if a cause is given, as a sentence; undefined if not. */
export function massFailure(state: State, limits: Limits, cause?: CauseName): string | undefined {
  const all = slotsOf(state);
  if (!all.some(({ suspicion }) => suspicion !== undefined)) return undefined;
  const workers = all.filter(({ role }) => role === "worker");
  for (const group of groups) {
    if (cause !== undefined && !group.has(cause)) continue;
    const sinceMs = workers.flatMap(({ suspicion }) => {
      return suspicion !== undefined && group.has(suspicion.cause) ? [suspicion.sinceMs] : [];
    });
    const latestMs = Math.max(...sinceMs);
    const together = sinceMs.filter((since) => latestMs - since <= limits.massWindowMs).length;
    if (together < 2 || together <= workers.length * limits.massShare) continue;
    return `${together} of ${workers.length} workers failed within ${limits.massWindowMs / 1000} s while their domains run`;
  }
  return undefined;
}

export function isSoft(cause: CauseName): boolean {
  return soft.has(cause);
}

export function isInside(cause: CauseName): boolean {
  return inside.includes(cause);
}
