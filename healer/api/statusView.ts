/** From state and history to the answer to "is it fine?": the verdict, since when, why, and what happens next. */
import { overriddenWorkers } from "../../infra/overriddenWorkers.ts";
import { causeOf } from "../core/causes.ts";
import { isFresh } from "../core/facts.ts";
import type { SlotState, Status as SlotStatusName } from "../core/state.ts";
import { allSlots } from "../history/history.ts";
import { hostDrainView, hostDrainWords } from "./hostDrainView.ts";
import { isNews } from "./hostSchemas.ts";
import { hostView } from "./hostView.ts";
import { type Moment, wallTime } from "./moment.ts";
import { pauseView, untilView } from "./pauseView.ts";
import { peerView } from "./peerView.ts";
import type { SlotStatus, Status } from "./schemas.ts";
import { slotStatusOf } from "./slotView.ts";
import { spellDuration } from "./spellDuration.ts";
import type { Known } from "./subject.ts";

/** `pending`: what the files say and nobody has deployed. */
export function statusView(known: Known, pending: readonly string[], moment: Moment): Status {
  const { host, outputs, state } = known;
  const slots = Object.values(state.slots).map((slot) => slotStatusOf(slot, known, moment));
  const hosts = Object.values(state.hosts).map((other) => hostView(other, known, moment));
  const pages = pagesOf(known);
  const verdict = verdictOf(known, pages, moment);
  const since = sinceOf(verdict, known, pages, moment);
  return {
    host,
    release: outputs.applied.programDigest.slice(0, 12),
    listeningSince: wallTime(moment, state.startedMs),
    verdict,
    what: whatOf(known, pages, moment),
    why: whyOf(known, pages, moment),
    next: nextOf(known, slots, hosts, moment),
    since,
    forMs: Math.max(0, moment.wallMs - Date.parse(since)),
    vip: { address: outputs.vip, holders: state.host.vipHolders && [...state.host.vipHolders.value] },
    slots,
    pages,
    paused: pausedOf(known, moment),
    breaker: untilView(state.breakerUntilMs, moment),
    updating: state.updating && { number: state.updating.generation, slots: [...state.updating.slots] },
    scale: known.history.scale,
    overridden: overriddenWorkers(outputs.applied.config, outputs.applied.desired),
    vipMove: known.history.vipMove,
    hostDrain: hostDrainView(known, moment),
    drift: driftOf(known, moment),
    pending: [...pending],
    peers: known.peers.map((one) => peerView(one, moment)),
    hosts,
  };
}

/** A page begins when the journal says that a person was told of it. */
function pagesOf({ state, history }: Known): Status["pages"] {
  return Object.entries(state.pages).map(([topic, sentence]) => ({ topic, sentence, since: history.pagedAt[topic] }));
}

function verdictOf({ state, limits }: Known, pages: Status["pages"], { nowMs }: Moment): Status["verdict"] {
  const slots = Object.values(state.slots);
  const hasNoHolder = "vipNone" in state.pages;
  if (state.hostDrain !== undefined) return hasNoHolder ? "down" : "drained";
  const isUnclear = slots.every(({ status }) => status === "unknown" || status === "green");
  if (isUnclear && slots.some(({ status, wasWell }) => status === "unknown" && !wasWell)) return "unknown";
  const serving = servingWorkers({ state, limits }, nowMs);
  if (serving.length === 0 || hasNoHolder) return "down";
  return slots.every(({ status }) => status === "green") && pages.length === 0 ? "fine" : "degraded";
}

/** A worker may serve whatever its status is: a file that somebody changed ends no request. */
function servingWorkers({ state, limits }: Pick<Known, "state" | "limits">, nowMs: number): SlotState[] {
  return workersOf(state).filter(({ facts: { beat, domain } }) => {
    const isThere = domain === undefined || domain.value.state === "running";
    return isThere && beat?.value.service === "up" && isFresh(beat, limits.domainsFreshMs, nowMs);
  });
}

function workersOf({ slots }: Known["state"]): SlotState[] {
  return Object.values(slots).filter(({ role }) => role === "worker");
}

/** What is worst comes first. */
const severity: readonly SlotStatusName[] = ["red", "repairing", "settling", "yellow", "unknown"];

function troubled({ state }: Pick<Known, "state">): SlotState[] {
  return severity.flatMap((status) => Object.values(state.slots).filter((slot) => slot.status === status));
}

function whatOf(known: Known, pages: Status["pages"], moment: Moment): string {
  const away = hostDrainWords(known, moment);
  if (away !== undefined) return away.what;
  const all = Object.values(known.state.slots).length;
  const bad = troubled(known).map(({ slot, status }) => `${slot} is ${status}`);
  const [page] = pages;
  const drained = Object.values(known.state.slots).filter(({ drain }) => drain !== undefined);
  if (bad.length === 0 && page === undefined) {
    if (drained.length === 0) return `all ${all} machines beat and serve`;
    return `all ${all} machines beat; drained: ${drained.map(({ slot }) => slot).join(", ")}`;
  }
  const serving = `${servingWorkers(known, moment.nowMs).length} of ${workersOf(known.state).length} workers serve`;
  if (cutOffIn(pages) !== undefined) return [causeOf("hostIsolated").title, serving, ...bad].join(", ");
  return [serving, ...(bad.length > 0 ? bad : [`${pages.length} to see to`])].join(", ");
}

/** Whatever else is said is said of this side of the cut only. */
function cutOffIn(pages: Status["pages"]): Status["pages"][number] | undefined {
  return pages.find(({ topic }) => topic === "hostIsolated");
}

function whyOf(known: Known, pages: Status["pages"], moment: Moment): string {
  const away = hostDrainWords(known, moment);
  if (away !== undefined) return away.why;
  const [worst] = troubled(known);
  const cutOff = cutOffIn(pages);
  if (cutOff !== undefined) return cutOff.sentence;
  const page = pages[0]?.sentence;
  if (worst === undefined) return page ?? wellOf(known);
  // The sentence of a repair speaks of the repair; what it is for stands in the incident.
  const incident = known.history.open[worst.slot];
  const isAtWork = worst.status === "repairing" || worst.status === "settling";
  const sentence = isAtWork ? (incident?.sentence ?? worst.sentence) : worst.sentence;
  return sentence.startsWith(worst.slot) ? sentence : `${worst.slot}: ${sentence}`;
}

function wellOf({ state, outputs }: Known): string {
  const holder = Object.values(state.slots).find(({ facts }) => facts.beat?.value.holdsVip);
  const vip = holder === undefined ? `${outputs.vip} is held elsewhere` : `${holder.slot} holds ${outputs.vip}`;
  return `${vip}; ${driftSentence(state.drift)}`;
}

function nextOf(known: Known, slots: readonly SlotStatus[], hosts: Status["hosts"], moment: Moment): string {
  const { state } = known;
  const away = hostDrainWords(known, moment);
  if (away !== undefined) return away.next;
  const paused = pausedOf(known, moment);
  const [worst] = troubled(known);
  if (paused !== undefined) {
    const by = paused.by === undefined ? "" : ` by ${paused.by}`;
    return `no repair begins for ${spellDuration(paused.forMs)}: repairs are paused${by}`;
  }
  if (worst !== undefined) return `${worst.slot}: ${slots.find(({ slot }) => slot === worst.slot)?.next}`;
  const other = hosts.find(isNews);
  if (other !== undefined) return `${other.host}: ${other.next}`;
  if (Object.keys(state.pages).length > 0) return "a person is waited for: nothing of this is the healer's to mend";
  return `nothing is to be done; drift is looked for again in ${spellDuration(state.nextDriftMs - moment.nowMs)}`;
}

function sinceOf(verdict: Status["verdict"], known: Known, pages: Status["pages"], moment: Moment): string {
  const { state, history } = known;
  const slots = Object.values(state.slots);
  if (state.hostDrain !== undefined) return wallTime(moment, state.hostDrain.atMs);
  if (verdict === "unknown") return wallTime(moment, state.startedMs);
  if (verdict === "fine") return wallTime(moment, Math.max(...slots.map(({ sinceMs }) => sinceMs)));
  const ofSlots = troubled(known).map(({ slot, sinceMs }) => history.open[slot]?.begunAt ?? wallTime(moment, sinceMs));
  const ofPages = pages.flatMap(({ since }) => (since === undefined ? [] : [since]));
  const now = new Date(moment.wallMs).toISOString();
  return [...ofSlots, ...ofPages].sort()[0] ?? now;
}

function pausedOf({ state, history }: Known, moment: Moment): Status["paused"] {
  return pauseView(state.pausedUntilMs, history.pauses[allSlots], moment);
}

function driftOf({ state }: Known, { nowMs }: Moment): Status["drift"] {
  const { drift, nextDriftMs } = state;
  const verdict = drift?.clean === undefined ? "unknown" : drift.clean ? "none" : "found";
  return { verdict, sentence: driftSentence(drift), nextCheckMs: Math.max(0, Math.round(nextDriftMs - nowMs)) };
}

function driftSentence(drift: Known["state"]["drift"]): string {
  if (drift === undefined) return "no drift check yet";
  if (drift.clean === undefined) return `drift could not be judged: ${drift.reason}`;
  return drift.clean ? "no drift" : `drift: ${drift.found}`;
}
