/**
 * What is believed of the other hosts of the site. A host is lost when neither its healer nor any of its workers has been
 * heard for a while and this host hears something beyond itself. Wrong as that may be, it costs only memory.
 */
import { absenceOf } from "./absence.ts";
import type { Action } from "./actions.ts";
import { isFresh } from "./facts.ts";
import type { HostStatus } from "./hostStatuses.ts";
import type { Limits } from "./limits.ts";
import type { PeerState } from "./peer.ts";
import { slotsOf } from "./slotsOf.ts";
import type { Past, State } from "./state.ts";

/** Of the site what has to be known in order to stand in for another host. */
export interface PlannedSite {
  readonly host: string;
  /** The other hosts, each with the number of workers that the site facts promise of it. */
  readonly others: Readonly<Record<string, number | undefined>>;
  readonly hasWitness: boolean;
  /** The balancers of all hosts, `bk/lb-1` by hardware address. Without it nobody is a stranger. */
  readonly balancers?: Readonly<Record<string, string>>;
}

export const alone: PlannedSite = { host: "", others: {}, hasWitness: false };

export interface OtherHost {
  readonly host: string;
  readonly status: HostStatus;
  readonly sinceMs: number;
  /** One sentence: why the status is what it is. */
  readonly sentence: string;
  /** Of one that is away on purpose: until when it is expected back; undefined if a person decides. */
  readonly expectedMs: number | undefined;
  /** Its healer, as it is heard; undefined until this healer was told of it. */
  readonly peer: PeerState | undefined;
  /** How many workers of its own it had when it last said so; undefined if it never did. */
  readonly workers: number | undefined;
  /** When one of its workers last answered the balancer of this host. */
  readonly answeredMs: number | undefined;
  /** When it came back and workers stood in for it here. */
  readonly returnsMs: readonly number[];
}

/** These outlive the healer; the others are told anew within a second. */
const remembered: ReadonlySet<HostStatus> = new Set(["lost", "planned", "returned"]);
/** These stand in the journal, and so does their end; of the others the entries of the peers tell. */
const noted: ReadonlySet<HostStatus> = new Set([...remembered, "isolated"]);

export function otherHostsOf({ others }: PlannedSite, past: Past, nowMs: number): Readonly<Record<string, OtherHost>> {
  const hosts = Object.keys(others).map((host): [string, OtherHost] => {
    const { workers, last, returnsAgoMs = [] } = past.hosts[host] ?? {};
    const returnsMs = returnsAgoMs.map((agoMs) => nowMs - agoMs);
    const unheard = { status: "unheard", sinceMs: nowMs, sentence: "nothing is known of it yet" } as const;
    const begin =
      last !== undefined && remembered.has(last.status)
        ? { status: last.status, sinceMs: nowMs - last.agoMs, sentence: last.sentence }
        : unheard;
    const expectedMs = last?.expectedForMs === undefined ? undefined : nowMs - last.agoMs + last.expectedForMs;
    return [host, { host, ...begin, expectedMs, peer: undefined, workers, answeredMs: undefined, returnsMs }];
  });
  return Object.fromEntries(hosts);
}

/** Takes what is heard of the other hosts' healers. What one says of its workers has to outlive its own end, and this healer's. */
export function hearPeers(state: State, peers: readonly PeerState[]): Pick<Judged, "state" | "actions"> {
  const actions: Action[] = [];
  const hosts: Record<string, OtherHost> = { ...state.hosts };
  for (const peer of peers) {
    const host = hosts[peer.peer];
    if (host === undefined) continue;
    const workers = peer.view?.marks.workers?.own ?? host.workers;
    hosts[peer.peer] = { ...host, peer, workers };
    if (workers === undefined || workers === host.workers) continue;
    actions.push({ kind: "journal", entry: { kind: "hostTold", host: peer.peer, workers } });
  }
  return { state: { ...state, hosts }, actions };
}

export interface Judged {
  readonly state: State;
  readonly actions: readonly Action[];
}

export function judgeHosts(before: State, limits: Limits, nowMs: number): Judged {
  const state = isIsolated(before, limits, nowMs) === true ? { ...before, cutOffMs: nowMs } : before;
  const actions: Action[] = [];
  const changed: Record<string, OtherHost> = {};
  const seen = workersSeen(state, limits, nowMs);
  for (const was of Object.values(state.hosts)) {
    const host = withAnswers(was, seen, nowMs);
    const next = become(host, readingOf(host, seen, state, limits, nowMs), limits, nowMs);
    if (next === was) continue;
    changed[was.host] = next;
    if (next.status === was.status || !(noted.has(next.status) || noted.has(was.status))) continue;
    const { status, sentence, expectedMs } = next;
    const expected = expectedMs === undefined ? {} : { expectedForMs: expectedMs - nowMs };
    actions.push({ kind: "journal", entry: { kind: "host", host: was.host, status, sentence, ...expected } });
  }
  if (Object.keys(changed).length === 0) return { state, actions };
  return { state: { ...state, hosts: { ...state.hosts, ...changed } }, actions };
}

/**
 * Whether this host is known to be cut off from all others: it has a witness, and hears neither that nor any other host.
 * Undefined while that cannot be told: silence counts from when somebody asked and listened.
 */
export function isIsolated(state: State, limits: Limits, nowMs: number): boolean | undefined {
  const { site, host, hosts } = state;
  if (!site.hasWitness || Object.keys(hosts).length === 0) return false;
  if (hearsOthers(state, limits, nowMs)) return false;
  const { witnessFreshMs } = limits;
  if (host.witnessMs !== undefined && nowMs - host.witnessMs <= witnessFreshMs) return false;
  if (host.witnessAskedMs === undefined || nowMs - host.deafUntilMs <= witnessFreshMs) return undefined;
  // The witness may have been silent for long when the others fall silent, too.
  const isJustSilent = Object.values(hosts).some((other) => nowMs - lastSignMs(other, state) <= witnessFreshMs);
  return isJustSilent ? undefined : true;
}

/** Whether a witness is missed that a host which is not cut off should hear; undefined while that cannot be told. */
export function isWitnessMissed(state: State, limits: Limits, nowMs: number): boolean | undefined {
  const { site, host, startedMs } = state;
  const { witnessAskedMs, witnessMs = startedMs, deafUntilMs } = host;
  if (!site.hasWitness || witnessAskedMs === undefined || !hearsOthers(state, limits, nowMs)) return false;
  // Whoever has not listened has heard none of its answers.
  if (nowMs - deafUntilMs <= limits.witnessFreshMs) return undefined;
  return witnessAskedMs - witnessMs > limits.witnessSilentMs;
}

function hearsOthers(state: State, limits: Limits, nowMs: number): boolean {
  const seen = workersSeen(state, limits, nowMs) ?? {};
  return Object.values(state.hosts).some(({ host, peer }) => peer?.status === "green" || (seen[host] ?? 0) > 0);
}

/** How long a host that has returned has to be well before the workers that stand in for it are given back. */
export function greenNeededMs({ returnsMs }: OtherHost, limits: Limits, nowMs: number): number {
  const returns = returnsMs.filter((atMs) => nowMs - atMs < limits.budgetWindowMs).length;
  return Math.min(limits.maxHostGreenMs, limits.hostGreenMs * 2 ** Math.max(0, returns - 1));
}

/** For how long it and all its own workers have been well since it returned. */
export function greenForMs({ status, sinceMs, peer }: OtherHost, nowMs: number): number {
  if (status !== "returned" || peer?.wellSinceMs === undefined) return 0;
  return nowMs - Math.max(sinceMs, peer.wellSinceMs);
}

type Seen = Readonly<Record<string, number>>;

/** By host, how many workers answer the balancer here. Undefined if it does not say, or sees none at all: then it is no witness. */
export function workersSeen(state: State, { silentMs }: Limits, nowMs: number): Seen | undefined {
  const balancer = slotsOf(state).find(({ role }) => role === "balancer");
  const beat = balancer?.facts.beat;
  if (beat === undefined || !isFresh(beat, silentMs, nowMs)) return undefined;
  const { workersUp } = beat.value;
  return workersUp !== undefined && Object.values(workersUp).some((count) => count > 0) ? workersUp : undefined;
}

/** Not with each of ten ticks a second. */
const answerStepMs = 1_000;

function withAnswers(host: OtherHost, seen: Seen | undefined, nowMs: number): OtherHost {
  const { answeredMs = Number.NEGATIVE_INFINITY } = host;
  if ((seen?.[host.host] ?? 0) === 0 || nowMs - answeredMs < answerStepMs) return host;
  return { ...host, answeredMs: nowMs };
}

type Reading = Pick<OtherHost, "status" | "sentence"> & Partial<Pick<OtherHost, "expectedMs">>;

/** Undefined if too little is known to believe anything else than before. */
function readingOf(
  host: OtherHost,
  seen: Seen | undefined,
  state: State,
  limits: Limits,
  nowMs: number,
): Reading | undefined {
  const { peer } = host;
  if (peer === undefined) return undefined;
  if (peer.status === "green") return heard(host, state);
  if (peer.status === "refused") {
    return { status: "silent", sentence: `whoever answers for its healer is not known here: ${peer.sentence}` };
  }
  if (peer.heardMs === undefined && nowMs - peer.sinceMs < limits.hostConfirmMs && remembered.has(host.status)) {
    return undefined;
  }
  if (peer.heardMs === undefined && host.workers === undefined) {
    return { status: "unheard", sentence: "its healer was never heard here: it may not be there yet" };
  }
  const planned = host.status === "lost" ? undefined : absenceOf(host, limits, nowMs);
  if (planned !== undefined && !servesOn(host, seen, limits)) return { status: "planned", ...planned };
  return readSilence(host, seen, state, limits, nowMs);
}

function readSilence(
  host: OtherHost,
  seen: Seen | undefined,
  state: State,
  limits: Limits,
  nowMs: number,
): Reading | undefined {
  const silent = (words: string): Reading => ({ status: "silent", sentence: `its healer is silent, ${words}` });
  const answering = seen?.[host.host] ?? 0;
  if (answering > 0) return silent("and its workers answer");
  const isolated = isIsolated(state, limits, nowMs);
  // That is known long before the host would count as lost.
  if (isolated === true) {
    return { status: "isolated", sentence: "neither it nor the witness nor any other host is heard from here" };
  }
  // What was confirmed stays so until something speaks for the host again.
  if (host.status === "lost") return { status: "lost", sentence: host.sentence };
  if (nowMs - lastSignMs(host, state) < limits.hostConfirmMs) {
    return silent(`and it counts as lost after ${limits.hostConfirmMs / 1000} s without a word of it or its workers`);
  }
  if (isolated === undefined) return silent("and the witness was not asked for long enough");
  // The witness is heard again before healers have found each other.
  if (state.cutOffMs !== undefined && nowMs - state.cutOffMs < limits.hostConfirmMs) {
    return silent("and this host itself was cut off until a moment ago");
  }
  if (seen === undefined) return silent("and no balancer here can say whether its workers answer");
  return { status: "lost", sentence: lossOf(host, state, limits, nowMs) };
}

/** Silence counts from when somebody listened. */
function lastSignMs({ peer, answeredMs = 0 }: OtherHost, { host, startedMs }: State): number {
  const deafUntilMs = host.deafUntilMs > startedMs ? host.deafUntilMs : Number.NEGATIVE_INFINITY;
  return Math.max(peer?.heardMs ?? peer?.sinceMs ?? startedMs, answeredMs, deafUntilMs);
}

function lossOf({ host }: OtherHost, state: State, limits: Limits, nowMs: number): string {
  const loss = `neither its healer nor any of its workers was heard for ${limits.hostConfirmMs / 1000} s`;
  if (state.site.hasWitness || hearsOthers(state, limits, nowMs)) return loss;
  return `${loss}; without a witness this host cannot tell whether ${host} or the cable is lost: it adds workers here only, which costs memory`;
}

function heard({ host, peer }: OtherHost, { evacuated }: State): Reading {
  const sentence = `its healer answers: ${peer?.sentence}`;
  if ((evacuated[host] ?? 0) === 0) return { status: "heard", sentence: "its healer answers" };
  return { status: "returned", sentence };
}

/** A healer that was only ended leaves workers that serve, and those may be lost later. A drained host has none that do. */
function servesOn(other: OtherHost, seen: Seen | undefined, { hostConfirmMs }: Limits): boolean {
  const { host, peer, answeredMs, expectedMs } = other;
  // An earlier healer was told that it is drained. Its workers may answer before its own healer does.
  if (peer?.heardMs === undefined && expectedMs === undefined) return false;
  const workers = peer?.view?.marks.workers;
  if (workers !== undefined && (workers.drained ?? 0) >= workers.own) return false;
  if ((seen?.[host] ?? 0) > 0) return true;
  return answeredMs !== undefined && peer?.heardMs !== undefined && answeredMs - peer.heardMs > hostConfirmMs;
}

function become(host: OtherHost, reading: Reading | undefined, limits: Limits, nowMs: number): OtherHost {
  if (reading === undefined || (reading.status === host.status && reading.sentence === host.sentence)) return host;
  const { expectedMs } = reading;
  if (reading.status === host.status) return { ...host, sentence: reading.sentence, expectedMs };
  const recent = host.returnsMs.filter((atMs) => nowMs - atMs < limits.budgetWindowMs);
  const returnsMs = reading.status === "returned" ? [...recent, nowMs].slice(-maxReturns) : recent;
  return { ...host, ...reading, expectedMs, sinceMs: nowMs, returnsMs };
}

/** More of them say nothing new. */
const maxReturns = 16;
