/** What a person has to know, said once when it begins and once when it ends. */
import { isAwayForLong } from "./absence.ts";
import type { Action } from "./actions.ts";
import { addressTroubles, vipTroubles } from "./addressHolders.ts";
import { causeOf } from "./causes.ts";
import { hasTooLittleRoom } from "./evacuation.ts";
import { massFailure } from "./judge.ts";
import type { Limits } from "./limits.ts";
import { isIsolated, isWitnessMissed, type OtherHost } from "./otherHost.ts";
import { slotsOf } from "./slotsOf.ts";
import type { State } from "./state.ts";

export interface Told {
  readonly state: State;
  readonly actions: readonly Action[];
}

export function updatePages(state: State, limits: Limits, nowMs: number): Told {
  const due = duePages(state, limits, nowMs);
  if (Object.keys(due).length === 0 && Object.keys(state.pages).length === 0) return { state, actions: [] };
  const actions: Action[] = [];
  for (const [topic, sentence] of Object.entries(due)) {
    if (topic in state.pages) continue;
    actions.push({ kind: "journal", entry: { kind: "page", topic, sentence } }, { kind: "page", topic, sentence });
  }
  for (const topic of Object.keys(state.pages)) {
    if (topic in due) continue;
    actions.push({ kind: "clearPage", topic, sentence: `over: ${state.pages[topic]}` });
  }
  // The first words on a topic stand until it is over: a countdown in a sentence is no news.
  const pages = Object.fromEntries(
    Object.entries(due).map(([topic, sentence]) => [topic, state.pages[topic] ?? sentence]),
  );
  return { state: { ...state, pages }, actions };
}

/** Everything that is so now and is not the healer's to mend, by topic. */
function duePages(state: State, limits: Limits, nowMs: number): Record<string, string> {
  const pages: Record<string, string> = {};
  const { host } = state;
  // It comes first: what else there is to say is said of this side of the cut only.
  // What was told is not over while that cannot be told.
  if (isIsolated(state, limits, nowMs) ?? "hostIsolated" in state.pages) {
    const { title, evidence, because } = causeOf("hostIsolated");
    pages.hostIsolated = `${title}: ${evidence}; ${because}`;
  }
  if (isWitnessMissed(state, limits, nowMs) ?? "witnessSilent" in state.pages) {
    pages.witnessSilent = `${causeOf("witnessSilent").title}: ${causeOf("witnessSilent").because}`;
  }
  if (host.hypervisorSilent !== undefined && nowMs - host.hypervisorSilent.atMs > limits.domainsFreshMs) {
    pages.hypervisorDown = `${causeOf("hypervisorDown").title}: ${host.hypervisorSilent.value}`;
  }
  if (host.poolFreeBytes !== undefined && host.poolFreeBytes.value < limits.minPoolFreeBytes) {
    pages.poolFull = `${causeOf("poolFull").title}: ${causeOf("poolFull").because}`;
  }
  if (host.stateFreeBytes !== undefined && host.stateFreeBytes.value < limits.minStateFreeBytes) {
    pages.stateFull = `${causeOf("stateFull").title}: ${causeOf("stateFull").because}`;
  }
  Object.assign(pages, addressPages(state, limits));
  const mass = massFailure(state, limits) && massFailure(lasting(state, limits, nowMs), limits);
  if (mass !== undefined) pages.massFailure = `${causeOf("massFailure").title}: ${mass}`;
  if (nowMs < state.breakerUntilMs) pages.breaker = "repairs do not help, and are not tried for a while";
  const awayForLong = Object.values(state.hosts).filter((other) => isAwayForLong(other, limits, nowMs));
  Object.assign(pages, lossPages(state.hosts), awayPages(awayForLong));
  const short = hasTooLittleRoom(state);
  if (short !== undefined) pages.standInRoom = short;
  // What a change that was cut short has left is removed by the next one.
  const isBeingRemoved = (state.scaling?.tries ?? 0) > 0;
  if (state.drift?.clean === false && !isBeingRemoved) pages.drift = `drift: ${state.drift.found}`;
  for (const { slot, status, sentence, sinceMs, suspicion, hindrance } of slotsOf(state)) {
    if (hindrance !== undefined) pages[`${slot}.${hindrance.code}`] = `${slot}: ${hindrance.reason}`;
    const isTrying = status === "repairing" || status === "settling";
    if (status !== "green" && !isTrying && nowMs - sinceMs > limits.pageAfterMs) {
      pages[`${slot}.${status}`] = `${slot}: ${sentence}`;
    }
    if (suspicion === undefined || causeOf(suspicion.cause).repairs.length > 0) continue;
    pages[`${slot}.${suspicion.cause}`] = `${slot}: ${sentence}`;
  }
  return pages;
}

function addressPages({ host, site, pages }: State, { vipGraceMs }: Limits): Record<string, string> {
  const { vipHolders, vipUnasked, vipTroublesMs = {} } = host;
  if (vipUnasked !== undefined) {
    // Whether what a person was told of the address is over, nobody knows.
    const told = Object.entries(pages).filter(([topic]) => vipTroubles.some((trouble) => trouble === topic));
    return {
      ...Object.fromEntries(told),
      vipUnasked: `nobody asks who has the service's address: ${vipUnasked.value}`,
    };
  }
  const sentences = addressTroubles(vipHolders?.value ?? [], site);
  // By looks, and not by the clock: while nobody looks it may be over.
  const lookMs = vipHolders?.atMs ?? 0;
  const due = vipTroubles.filter((topic) => lookMs - (vipTroublesMs[topic] ?? lookMs) >= vipGraceMs);
  return Object.fromEntries(due.map((topic) => [topic, sentences[topic] ?? ""]));
}

/** One for each lost host. */
export function lossPages(hosts: Readonly<Record<string, OtherHost>>): Record<string, string> {
  const lost = Object.values(hosts).filter(({ status }) => status === "lost");
  return Object.fromEntries(
    lost.map(({ host, sentence }) => [`${host}.hostLost`, `${causeOf("hostLost").title}: ${host}: ${sentence}`]),
  );
}

/** One for each host that is away for long. */
export function awayPages(hosts: readonly OtherHost[]): Record<string, string> {
  return Object.fromEntries(
    hosts.map(({ host, sentence }) => [`${host}.hostAway`, `${causeOf("hostAway").title}: ${host}: ${sentence}`]),
  );
}

/** Without what began a moment ago: all machines of a busy host may stand still for a second. */
function lasting(state: State, { serviceGraceMs }: Limits, nowMs: number): State {
  const slots = slotsOf(state).map((slot) => {
    const isNew = slot.suspicion !== undefined && nowMs - slot.suspicion.sinceMs < serviceGraceMs;
    return [slot.slot, isNew ? { ...slot, suspicion: undefined } : slot] as const;
  });
  return { ...state, slots: Object.fromEntries(slots) };
}
