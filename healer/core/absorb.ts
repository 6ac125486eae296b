/** Turns an observation into facts. What an event does not speak of stays as it was. */
import { addressTroubles, isAddressOutOfSight, type VipTrouble } from "./addressHolders.ts";
import type { Event, PolledDomain } from "./events.ts";
import type { Beat, DomainFact, SlotFacts, Timed } from "./facts.ts";
import type { Limits } from "./limits.ts";
import { withReboot } from "./reboots.ts";
import type { SlotState, State } from "./state.ts";

export function absorb(state: State, event: Event, limits: Limits, nowMs: number): State {
  switch (event.kind) {
    case "tick":
      if (event.lagMs <= limits.maxLoopLagMs) return state;
      return { ...state, host: { ...state.host, deafUntilMs: nowMs } };
    case "beats":
      return { ...state, slots: withBeats(state.slots, event.beats) };
    case "rebooted":
      return change(state, event.slot, (slot) => withReboot(slot, limits, nowMs));
    case "misheard":
      return learn(state, event.slot, { misheard: { value: event.reason, atMs: nowMs } });
    case "connect":
      return learn(state, event.slot, { connect: { value: event.outcome, atMs: nowMs } });
    case "ping":
      return withFacts(state, event.slot, (facts) => withPing(facts, event.answered, nowMs));
    case "domain":
      return withFacts(state, event.slot, (facts) => withDomain(facts, event.domain, nowMs));
    case "domains":
      return Object.entries(event.domains).reduce<State>(
        (next, [slot, polled]) => withFacts(next, slot, (facts) => withPoll(facts, polled, limits, nowMs)),
        { ...state, host: { ...state.host, hypervisorSilent: undefined } },
      );
    case "hypervisorSilent": {
      const hypervisorSilent = state.host.hypervisorSilent ?? { value: event.reason, atMs: nowMs };
      return { ...state, host: { ...state.host, hypervisorSilent } };
    }
    case "space": {
      const poolFreeBytes = { value: event.poolFreeBytes, atMs: nowMs };
      const stateFreeBytes = { value: event.stateFreeBytes, atMs: nowMs };
      return { ...state, host: { ...state.host, poolFreeBytes, stateFreeBytes } };
    }
    case "vipHolders": {
      const vipHolders = { value: event.macs, atMs: nowMs };
      const vipTroublesMs = troublesSince(state, event.macs, limits, nowMs);
      return { ...state, host: { ...state.host, vipHolders, vipTroublesMs, vipUnasked: undefined } };
    }
    case "vipUnasked": {
      const vipUnasked = state.host.vipUnasked ?? { value: event.reason, atMs: nowMs };
      // What had not lasted long enough to be told begins anew.
      const told = Object.entries(state.host.vipTroublesMs ?? {}).filter(([topic]) => topic in state.pages);
      const vipTroublesMs = Object.fromEntries(told);
      return { ...state, host: { ...state.host, vipHolders: undefined, vipTroublesMs, vipUnasked } };
    }
    case "witness": {
      const answered = event.answered ? { witnessMs: nowMs } : {};
      return { ...state, host: { ...state.host, witnessAskedMs: nowMs, ...answered } };
    }
    default:
      return state;
  }
}

/** Each trouble with the address counts from its own beginning. */
function troublesSince(
  state: State,
  macs: readonly string[],
  limits: Limits,
  nowMs: number,
): Readonly<Partial<Record<VipTrouble, number>>> {
  if (macs.length === 0 && isAddressOutOfSight(state, limits, nowMs)) return {};
  const { vipTroublesMs } = state.host;
  const topics = Object.keys(addressTroubles(macs, state.site)) as VipTrouble[];
  return Object.fromEntries(topics.map((topic) => [topic, vipTroublesMs?.[topic] ?? nowMs]));
}

/** All at once: to copy the table for each beat would cost more than all else that is done with it. */
function withBeats(slots: State["slots"], beats: Readonly<Record<string, Timed<Beat>>>): State["slots"] {
  const next: Record<string, SlotState> = { ...slots };
  for (const [name, beat] of Object.entries(beats)) {
    const slot = next[name];
    if (slot !== undefined) next[name] = { ...slot, facts: withBeat(slot.facts, beat) };
  }
  return next;
}

/**
 * A new incarnation may have begun with a boot that nobody announced, or only with a start of the agent. A beat also ends
 * a silence, and what was asked in that one answers nothing in the next.
 */
function withBeat(facts: SlotFacts, beat: Timed<Beat>): SlotFacts {
  const { ping: _ping, connect: _connect, lostPings: _lostPings, ...rest } = facts;
  const isNew = facts.beat !== undefined && facts.beat.value.incarnation !== beat.value.incarnation;
  return { ...rest, beat, ...(isNew ? { startedMs: beat.atMs, startSeen: true } : {}) };
}

/** While no ping came through no connection could: what its port said then, by silence, is not about its agent. */
function withPing(facts: SlotFacts, answered: boolean, nowMs: number): SlotFacts {
  const ping = { value: answered, atMs: nowMs };
  if (!answered) return { ...facts, ping, lostPings: (facts.lostPings ?? 0) + 1 };
  if (facts.ping?.value !== false) return { ...facts, ping, lostPings: 0 };
  const { connect: _connect, ...rest } = facts;
  return { ...rest, ping, lostPings: 0 };
}

function withPoll(facts: SlotFacts, polled: PolledDomain, { starvedShare }: Limits, nowMs: number): SlotFacts {
  const { diskThere, attached, waitedShare = 0, ...domain } = polled;
  return {
    ...withDomain(facts, domain, nowMs),
    diskThere: { value: diskThere, atMs: nowMs },
    ...(waitedShare < starvedShare ? {} : { starved: { value: waitedShare, atMs: nowMs } }),
    ...(attached === undefined ? {} : { attached: { value: attached, atMs: nowMs } }),
  };
}

/** A machine that was seen for the first time may be booting: it is given the time of a boot, like one that just started. */
function withDomain(facts: SlotFacts, domain: DomainFact, nowMs: number): SlotFacts {
  const before = facts.domain?.value;
  const isRunning = domain.state === "running";
  const hasStarted = isRunning && domain.id !== undefined && domain.id !== facts.startedId;
  const runsOn = before?.state === "running" && facts.runningMs !== undefined;
  const { startedMs: _started, runningMs: _running, pausedMs: _paused, ...rest } = facts;
  const startedMs = hasStarted ? nowMs : facts.startedMs;
  const runningMs = !isRunning ? undefined : runsOn && !hasStarted ? facts.runningMs : nowMs;
  const pausedMs = domain.state === "paused" ? (facts.pausedMs ?? nowMs) : undefined;
  return {
    ...rest,
    domain: { value: domain, atMs: nowMs },
    ...(startedMs === undefined ? {} : { startedMs }),
    ...(runningMs === undefined ? {} : { runningMs }),
    ...(pausedMs === undefined ? {} : { pausedMs }),
    ...(hasStarted ? { startedId: domain.id, startSeen: before !== undefined || facts.startedId !== undefined } : {}),
  };
}

function learn(state: State, slot: string, news: Partial<SlotFacts>): State {
  return withFacts(state, slot, (facts) => ({ ...facts, ...news }));
}

function withFacts(state: State, name: string, learnt: (facts: SlotFacts) => SlotFacts): State {
  return change(state, name, (slot) => ({ ...slot, facts: learnt(slot.facts) }));
}

/** A slot that is not of this plan is nobody's concern: an event may be older than the plan. */
function change(state: State, name: string, become: (slot: SlotState) => SlotState): State {
  const known: SlotState | undefined = state.slots[name];
  return known === undefined ? state : { ...state, slots: { ...state.slots, [name]: become(known) } };
}
