/** What the healer was told, noted beside it: the oracle judges by this, and in no case by what the healer made of it. */
import type { Event } from "../core/events.ts";
import type { Beat, DomainFact, Timed } from "../core/facts.ts";
import type { Limits } from "../core/limits.ts";
import { plannedFiles } from "./machine.ts";

export interface Told {
  pausedUntilMs: number;
  breakerUntilMs: number;
  /** Since when libvirt has not answered; undefined while it does. */
  silentSinceMs: number | undefined;
  poolFreeBytes: number;
  stateFreeBytes: number;
  /** The workers that a change of their number removes, until it has come to an end. */
  leaving: readonly string[];
  /** When this healer began, and since when it has listened without a gap. */
  startedMs: number;
  listensSinceMs: number;
  readonly slots: ReadonlyMap<string, ToldSlot>;
}

export interface ToldSlot {
  beatMs: number;
  /** The last beat that gave no reason for any repair. */
  goodBeatMs: number;
  runningMs: number;
  /** libvirt said last that it saves it, and keeps it paused for that. */
  isBeingSaved: boolean;
  /** When it was last said to be starved of processors. */
  starvedMs: number;
  /** When it was last said to have rebooted, and how often. */
  rebootedMs: number;
  reboots: number;
  incarnation: string | undefined;
  /** What the machine itself answered when it was last asked. */
  pingAnswered: boolean | undefined;
  pingMs: number;
  pausedUntilMs: number;
  /** When a person last wanted it replaced. */
  wishedMs: number;
  /** Whether a person wants it out of rotation, by what was journalled. */
  isDrained: boolean;
  /** Since when its files have been other ones than planned, while nothing else was wrong. */
  changedMs: number | undefined;
  /** Whether this healer has called it green. */
  wasGreen: boolean;
}

/** As a healer begins. */
const nothing = {
  silentSinceMs: undefined,
  poolFreeBytes: Number.POSITIVE_INFINITY,
  stateFreeBytes: Number.POSITIVE_INFINITY,
};

export function newTold(slots: readonly string[]): Told {
  const unheard = {
    ...{
      beatMs: 0,
      goodBeatMs: 0,
      runningMs: 0,
      isBeingSaved: false,
      starvedMs: Number.NEGATIVE_INFINITY,
      rebootedMs: 0,
      reboots: 0,
      incarnation: undefined,
    },
    ...{
      pingMs: 0,
      pausedUntilMs: 0,
      wishedMs: Number.NEGATIVE_INFINITY,
      pingAnswered: undefined,
      changedMs: undefined,
      isDrained: false,
    },
  };
  return {
    ...nothing,
    ...{ pausedUntilMs: 0, breakerUntilMs: 0, startedMs: 0, listensSinceMs: 0, leaving: [] },
    slots: new Map(slots.map((slot) => [slot, { ...unheard, wasGreen: false }])),
  };
}

/** A pause and an open breaker outlive the healer that was told of them. */
export function tellAnew(told: Told, nowMs: number): void {
  Object.assign(told, nothing, { startedMs: nowMs, listensSinceMs: nowMs });
  for (const slot of told.slots.values()) Object.assign(slot, { wasGreen: false, changedMs: undefined });
}

export function tell(told: Told, event: Event, limits: Limits, nowMs: number): void {
  switch (event.kind) {
    case "tick":
      if (event.lagMs > limits.maxLoopLagMs) told.listensSinceMs = nowMs;
      return;
    case "beats":
      for (const [slot, beat] of Object.entries(event.beats)) tellBeat(told.slots.get(slot), beat);
      return;
    case "rebooted":
      tellReboot(told.slots.get(event.slot), nowMs);
      return;
    case "ping": {
      const slot = told.slots.get(event.slot);
      if (slot === undefined) return;
      slot.pingMs = nowMs;
      slot.pingAnswered = event.answered;
      return;
    }
    case "domain":
      tellDomain(told.slots.get(event.slot), event.domain, event.domain.state === "running", nowMs);
      return;
    case "domains":
      told.silentSinceMs = undefined;
      for (const [slot, domain] of Object.entries(event.domains)) {
        const { state, diskThere, waitedShare = 0 } = domain;
        const toldSlot = told.slots.get(slot);
        if (toldSlot !== undefined && waitedShare >= limits.starvedShare) toldSlot.starvedMs = nowMs;
        tellDomain(toldSlot, domain, state === "running" && diskThere, nowMs);
      }
      return;
    case "hypervisorSilent":
      told.silentSinceMs ??= nowMs;
      return;
    case "space":
      told.poolFreeBytes = event.poolFreeBytes;
      told.stateFreeBytes = event.stateFreeBytes;
      return;
    case "replace": {
      const slot = told.slots.get(event.slot);
      if (slot !== undefined) slot.wishedMs = nowMs;
      return;
    }
    case "pause":
      tellPause(told, event.slot, nowMs + event.forMs);
      return;
    case "resume":
      tellPause(told, event.slot, nowMs);
      if (event.slot !== undefined) return;
      told.breakerUntilMs = nowMs;
      for (const slot of told.slots.keys()) tellPause(told, slot, nowMs);
      return;
    default:
      return;
  }
}

function tellPause(told: Told, slot: string | undefined, untilMs: number): void {
  const paused = slot === undefined ? told : told.slots.get(slot);
  if (paused !== undefined) paused.pausedUntilMs = untilMs;
}

function tellBeat(slot: ToldSlot | undefined, { value: beat, atMs: nowMs }: Timed<Beat>): void {
  if (slot === undefined) return;
  // An announcement comes first, if it comes.
  if (slot.incarnation !== beat.incarnation && slot.rebootedMs < slot.beatMs) tellReboot(slot, nowMs);
  slot.incarnation = beat.incarnation;
  slot.beatMs = nowMs;
  const isServing = beat.service === "up" || (beat.service === "draining" && slot.isDrained);
  const isGood = isServing && beat.vrrp !== "STOP" && beat.freeBytes > 4 * 1024 * 1024;
  if (isGood) slot.goodBeatMs = nowMs;
  if (beat.files === plannedFiles || !isGood) slot.changedMs = undefined;
  else slot.changedMs ??= nowMs;
}

function tellReboot(slot: ToldSlot | undefined, nowMs: number): void {
  if (slot === undefined) return;
  slot.rebootedMs = nowMs;
  slot.reboots += 1;
}

function tellDomain(
  slot: ToldSlot | undefined,
  { state, reason }: DomainFact,
  isRunning: boolean,
  nowMs: number,
): void {
  if (slot === undefined) return;
  slot.isBeingSaved = state === "paused" && reason === "saving";
  if (isRunning) slot.runningMs = nowMs;
  else slot.changedMs = undefined;
}
