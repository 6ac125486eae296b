/** From facts to what is wrong with one slot. Nothing is remembered here: the same facts always mean the same. */
import type { CauseName } from "./causes.ts";
import { type Beat, type DomainFact, type HostFacts, isFresh, type Role, type SlotFacts } from "./facts.ts";
import type { Limits } from "./limits.ts";
import { rebootsInARow } from "./reboots.ts";

export type Finding =
  | { readonly kind: "well"; readonly detail: string }
  /** Too little is known to say, or it says itself that this will pass. */
  | { readonly kind: "unclear"; readonly detail: string }
  /** It has fallen silent, and nothing else is known yet. */
  | { readonly kind: "silent"; readonly detail: string }
  | Bad;

interface Bad {
  readonly kind: "bad";
  readonly cause: CauseName;
  readonly detail: string;
  /** Known for silence and for reboots; other evidence begins when it is first found. */
  readonly sinceMs?: number;
}

export interface Subject {
  readonly slot: string;
  readonly role: Role;
  readonly facts: SlotFacts;
  /** The planned digest over the managed files; undefined if none are managed in this machine. */
  readonly plannedFiles: string | undefined;
  readonly repairsMs: readonly number[];
  readonly rebootsMs: readonly number[];
  /** Defined while a person wants it out of rotation. */
  readonly drain: unknown;
}

export function diagnose(subject: Subject, host: HostFacts, limits: Limits, nowMs: number): Finding {
  const { facts } = subject;
  // What libvirt and the host's kernel say outweighs a heartbeat: a dead machine's last beat may still be fresh.
  const domain = isFresh(facts.domain, limits.domainsFreshMs, nowMs) ? facts.domain?.value : undefined;
  const ofDomain = domain === undefined ? undefined : diagnoseDomain(subject, domain, limits, nowMs);
  if (ofDomain !== undefined) return ofDomain;
  const [firstMs, ...others] = rebootsInARow(subject, limits, nowMs);
  if (firstMs !== undefined && others.length + 1 >= limits.reboots) {
    const detail = `it has rebooted ${others.length + 1} times in ${Math.round((nowMs - firstMs) / 1000)} s`;
    return { ...bad("machineReboots", detail), sinceMs: firstMs };
  }
  if (facts.beat !== undefined && isFresh(facts.beat, limits.silentMs, nowMs)) {
    return diagnoseBeat(subject, facts.beat.value, host, limits, nowMs);
  }
  return diagnoseSilence(facts, domain, host, limits, nowMs);
}

function diagnoseDomain(
  { role, facts }: Subject,
  { state, reason }: DomainFact,
  limits: Limits,
  nowMs: number,
): Finding | undefined {
  const detail = reason === "" ? `libvirt says ${state}` : `libvirt says ${state} (${reason})`;
  const isBalancer = role === "balancer";
  switch (state) {
    case "absent":
      return bad("domainUndefined", "libvirt does not know the domain");
    case "crashed":
      return bad("machineCrashed", detail);
    case "panicked":
      return bad("machinePanicked", detail);
    case "stalled":
      return bad("machineStalled", detail);
    case "paused": {
      const paused = isBalancer ? "balancerFrozen" : "machinePaused";
      if (!jobs.has(reason)) return bad(paused, detail);
      // libvirt or a person is at work on it, and resumes it when that is done.
      const sinceMs = facts.pausedMs ?? nowMs;
      if (nowMs - sinceMs < limits.jobGraceMs) return { kind: "unclear", detail: `${detail}, and is at work on it` };
      const long = `for ${Math.round((nowMs - sinceMs) / 1000)} s, and no such job takes that long`;
      return { ...bad(paused, `${detail} ${long}`), sinceMs };
    }
    case "frozen":
      return bad(isBalancer ? "balancerFrozen" : "machineFrozen", "its QEMU process is stopped");
    case "stopped":
      return facts.diskThere?.value === false ? missing : bad("machineStopped", detail);
    case "running":
      return facts.diskThere?.value === false ? missing : undefined;
  }
}

/** Reasons of a pause that are jobs of libvirt's own, in the words of `virsh domstate --reason`. */
const jobs: ReadonlySet<string> = new Set([
  "migrating",
  "saving",
  "dumping",
  "creating snapshot",
  "starting up",
  "shutting down",
]);

const missing = bad("diskMissing", "the file of its disk is gone");

function diagnoseBeat(
  { facts, plannedFiles, drain }: Subject,
  beat: Beat,
  host: HostFacts,
  limits: Limits,
  nowMs: number,
): Finding {
  switch (beat.service) {
    case "starting":
      if (isBooting(facts, limits, nowMs)) return { kind: "unclear", detail: "its service is starting" };
      return bad("serviceDead", "its service did not come up in the time of a boot");
    case "draining":
      if (drain === undefined) return { kind: "unclear", detail: "its service is stopping on purpose" };
      break;
    case "refused":
      return bad("serviceDead", "nothing listens on its port");
    case "wrong":
      return bad("serviceWrong", "its health answer is not that of this slot");
    case "silent": {
      const starved = starvation(facts, limits, nowMs);
      if (starved !== undefined) return bad("machineStarved", `its service answers nothing, and ${starved}`);
      const detail = `it answers nothing while ${Math.round(beat.busy * 100)} % of its processors are busy`;
      return bad(beat.busy >= limits.busyShare ? "serviceBusy" : "serviceHung", detail);
    }
    case "up":
      break;
  }
  const misfit = misfitOf(beat, plannedFiles);
  const isStandingBack = standsBack(beat, host, limits, nowMs);
  if ((beat.vrrp === "FAULT" && !isStandingBack) || beat.vrrp === "NONE") {
    if (isBooting(facts, limits, nowMs)) return { kind: "unclear", detail: "its keepalived is starting" };
    // One that does not know its workers stands back: to rebuild it from the same image would change nothing.
    if (misfit?.cause === "filesRefused") return misfit;
    const though =
      beat.isCutOff === true ? ": it hears nothing from beyond its host, though the witness answers this healer" : "";
    return bad("balancerUnfit", `keepalived says ${beat.vrrp}${though}`);
  }
  if (beat.vrrp === "STOP") return bad("keepalivedDead", "keepalived does not run");
  if (beat.freeBytes < limits.minGuestFreeBytes) {
    return bad("guestDiskFull", `${Math.floor(beat.freeBytes / 1024)} KiB are left in the guest`);
  }
  if (misfit !== undefined) return misfit;
  if (isStandingBack) {
    const silence = "it hears neither the witness nor any machine of another host";
    return { kind: "well", detail: `it beats and serves, and stands back: ${silence}` };
  }
  if (beat.service === "draining") return { kind: "well", detail: "it beats, and is drained: it gets no requests" };
  return { kind: "well", detail: "it beats and serves" };
}

function misfitOf({ files, fileRefusal }: Beat, plannedFiles: string | undefined): Bad | undefined {
  const isPlanned = plannedFiles === undefined || files === plannedFiles;
  if (!isPlanned) return bad("filesChanged", "a managed file is not as planned");
  return fileRefusal === undefined ? undefined : bad("filesRefused", fileRefusal);
}

/** Whether a balancer leaves the address to the other side of a cut. */
export function standsBack({ vrrp, isCutOff }: Beat, host: HostFacts, limits: Limits, nowMs: number): boolean {
  return vrrp === "FAULT" && isCutOff === true && !hearsWitness(host, limits, nowMs);
}

/** A balancer that is cut off alone is not well. Over a bad wire one ping in some comes through: the last has to. */
function hearsWitness({ witnessAskedMs, witnessMs }: HostFacts, { witnessFreshMs }: Limits, nowMs: number): boolean {
  return witnessMs !== undefined && witnessMs === witnessAskedMs && nowMs - witnessMs <= witnessFreshMs;
}

function diagnoseSilence(
  facts: SlotFacts,
  domain: DomainFact | undefined,
  host: HostFacts,
  limits: Limits,
  nowMs: number,
): Finding {
  const sinceMs = silentSinceMs(facts, host);
  const silence = `no heartbeat for ${Math.round(nowMs - sinceMs)} ms`;
  if (nowMs - sinceMs <= limits.silentMs) return { kind: "unclear", detail: "I have only just begun to listen" };
  if (!hasBeaten(facts, limits) && isBooting(facts, limits, nowMs)) return { kind: "unclear", detail: "it is booting" };
  // What speaks is alive, whoever does not understand it.
  if (facts.misheard !== undefined && isFresh(facts.misheard, limits.probeFreshMs, nowMs)) {
    return { kind: "unclear", detail: `it speaks, and I do not understand it: ${facts.misheard.value}` };
  }
  // One witness of silence is not enough: libvirt has to say that the machine should speak.
  if (domain === undefined) return { kind: "silent", detail: `${silence}, and libvirt has not said how it is` };
  if (facts.attached?.value === false) {
    return { ...bad("machineDetached", `${silence}, and its tap is not on the bridge`), sinceMs };
  }
  const ping = isFresh(facts.ping, limits.probeFreshMs, nowMs) ? facts.ping?.value : undefined;
  const connect = isFresh(facts.connect, limits.probeFreshMs, nowMs) ? facts.connect?.value : undefined;
  // What has no time refuses nothing.
  if (ping === true && connect === "refused") {
    return { ...bad("agentDead", `${silence}, its port refuses, and the machine answers ping`), sinceMs };
  }
  const starved = starvation(facts, limits, nowMs);
  if (starved !== undefined) return { ...bad("machineStarved", `${silence}, and ${starved}`), sinceMs };
  const ableMs = Math.max(sinceMs, starvedUntilMs(facts, limits));
  if (ping === undefined) return { kind: "silent", detail: `${silence}; I am asking the machine itself` };
  if (!ping) {
    if ((facts.lostPings ?? 0) < limits.pings) return { kind: "silent", detail: `${silence}; a ping got no answer` };
    return { ...bad("machineUnreachable", `${silence} and no answer to ${facts.lostPings} pings`), sinceMs: ableMs };
  }
  // Its kernel may have answered first: a machine whose agent alone is dead must not be reset for it.
  if (connect === undefined)
    return { kind: "silent", detail: `${silence}; its kernel answers ping, and I am asking its port` };
  return { ...bad("machineHung", `${silence}, though its kernel answers ping`), sinceMs: ableMs };
}

/** A beat may have been on its way when the machine was reset. */
function hasBeaten({ beat, startedMs = 0, startSeen }: SlotFacts, { silentMs }: Limits): boolean {
  return beat !== undefined && (startSeen !== true || beat.atMs - startedMs >= silentMs);
}

function isBooting(facts: SlotFacts, limits: Limits, nowMs: number): boolean {
  const { startedMs } = facts;
  return startedMs !== undefined && nowMs < bootEndMs(startedMs + limits.bootMs, facts, limits);
}

/** A machine that waits for the host's processors has longer to come up than its deadline says, but not for ever. */
export function bootEndMs(deadlineMs: number, facts: SlotFacts, limits: Limits): number {
  return Math.max(deadlineMs, Math.min(starvedUntilMs(facts, limits), deadlineMs + limits.busyGraceMs));
}

/** That it gets too little of the host's processors, in words; undefined if it gets enough. */
function starvation({ starved }: SlotFacts, { probeFreshMs }: Limits, nowMs: number): string | undefined {
  if (starved === undefined || !isFresh(starved, probeFreshMs, nowMs)) return undefined;
  return `its processors wait for the host's ${Math.round(starved.value * 100)} % of the time`;
}

/** What it did not do before is nothing of its own; long ago if it was never starved. */
function starvedUntilMs({ starved }: SlotFacts, { probeFreshMs }: Limits): number {
  return starved === undefined ? Number.NEGATIVE_INFINITY : starved.atMs + probeFreshMs;
}

/** Silence counts from when somebody listened. */
export function silentSinceMs(facts: SlotFacts, host: HostFacts): number {
  return Math.max(facts.beat?.atMs ?? 0, facts.runningMs ?? 0, host.deafUntilMs);
}

function bad(cause: CauseName, detail: string): Extract<Finding, { kind: "bad" }> {
  return { kind: "bad", cause, detail };
}
