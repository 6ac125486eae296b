/** A virtual machine as it is, which the healer never sees; it only sees what the machine says and what is said of it. */
import type { Operation } from "../core/actions.ts";
import type { CauseName } from "../core/causes.ts";
import type { PolledDomain } from "../core/events.ts";
import type { Beat, DomainFact, DomainState, Role } from "../core/facts.ts";

/**
 * What can be wrong inside; and `mute`, `slow` and `machineStarved`, which are around it and pass by themselves.
 * `serviceCrashes`: the service dies again some seconds after each start. `machineReboots`: the machine does so, and
 * begins anew.
 */
export type Illness =
  | "serviceDead"
  | "serviceCrashes"
  | "machineReboots"
  | "serviceHung"
  | "serviceBusy"
  | "serviceWrong"
  | "keepalivedDead"
  | "agentDead"
  | "guestDiskFull"
  | "filesChanged"
  | "machineHung"
  | "machineUnreachable"
  | "machineStarved"
  | "mute"
  | "slow";

export interface Machine {
  readonly slot: string;
  readonly role: Role;
  domain: DomainState;
  reason: string;
  id: number;
  /** How often it has booted, and its agent has been started beside that: each time that is another incarnation. */
  boots: number;
  agentStarts: number;
  /** When its agent begins to beat, and when its service is up. */
  beatsMs: number;
  servesMs: number;
  /** Since when it can be reached, if it once could not be. */
  reachableMs: number;
  diskThere: boolean;
  /** The engine's state does not know it as it is: an update was cut short when it had just made it. */
  unfinished: boolean;
  /** What it would be made anew from. */
  imageThere: boolean;
  attached: boolean;
  /** It has been told to leave the rotation. */
  isDrained: boolean;
  holdsVip: boolean;
  /** Each with what it takes to mend it. */
  readonly ills: Map<Illness, number>;
  /** What it takes to make the domain run again. */
  domainDepth: number;
  /** Since when everything about it has been well; undefined while something is not. */
  wellSinceMs: number | undefined;
}

export const plannedFiles = "planned";

export function newMachine(slot: string): Machine {
  const role = slot.startsWith("lb-") ? "balancer" : "worker";
  return {
    ...{ slot, role, domain: "running", reason: "booted", domainDepth: 0 },
    ...{ id: 1, boots: 1, agentStarts: 0, beatsMs: 0, servesMs: 0, reachableMs: 0 },
    ...{
      diskThere: true,
      unfinished: false,
      imageThere: true,
      attached: true,
      isDrained: false,
      holdsVip: role === "balancer",
      ills: new Map(),
      wellSinceMs: 0,
    },
  };
}

export function speaks({ domain, attached, ills, beatsMs }: Machine, nowMs: number): boolean {
  if (domain !== "running" || !attached || nowMs < beatsMs) return false;
  return (
    ills.size === 0 ||
    !["agentDead", "machineHung", "machineUnreachable", "machineStarved", "mute"].some((ill) =>
      ills.has(ill as Illness),
    )
  );
}

const harmless: ReadonlySet<Illness> = new Set([
  "agentDead",
  "filesChanged",
  "guestDiskFull",
  "slow",
  "serviceCrashes",
  "machineReboots",
]);

/** Whether its users get answers. A dead agent or a changed file is nothing to them. */
export function serves({ domain, attached, ills, servesMs }: Machine, nowMs: number): boolean {
  if (domain !== "running" || !attached || nowMs < servesMs) return false;
  for (const ill of ills.keys()) if (!harmless.has(ill)) return false;
  return true;
}

export function isWell(machine: Machine, nowMs: number): boolean {
  return serves(machine, nowMs) && machine.ills.size === 0 && machine.diskThere && !machine.unfinished;
}

const upBeat = { service: "up", files: plannedFiles, freeBytes: 1e9, busy: 0.1 } as const;

export function beatOf(
  { boots, agentStarts, role, ills, servesMs, isDrained, holdsVip }: Machine,
  nowMs: number,
): Beat {
  const vrrpName = ills.has("keepalivedDead") ? "STOP" : holdsVip ? "MASTER" : "BACKUP";
  const vrrp = role === "balancer" ? ({ vrrp: vrrpName, holdsVip } as const) : {};
  const beat: Beat = { ...upBeat, incarnation: `boot-${boots}-${agentStarts}`, ...vrrp };
  if (nowMs < servesMs) return { ...beat, service: "starting" };
  if (ills.size === 0) return isDrained ? { ...beat, service: "draining" } : beat;
  const files = ills.has("filesChanged") ? "edited" : plannedFiles;
  const freeBytes = ills.has("guestDiskFull") ? 4096 : beat.freeBytes;
  const rest = { ...beat, files, freeBytes };
  if (ills.has("serviceDead")) return { ...rest, service: "refused" };
  if (ills.has("serviceHung")) return { ...rest, service: "silent" };
  if (ills.has("serviceBusy")) return { ...rest, service: "silent", busy: 0.97 };
  if (ills.has("serviceWrong")) return { ...rest, service: "wrong" };
  return isDrained ? { ...rest, service: "draining" } : rest;
}

export function answersPing({ domain, attached, ills }: Machine): boolean {
  return (
    domain === "running" &&
    attached &&
    !["machineUnreachable", "machineStarved", "mute"].some((ill) => ills.has(ill as Illness))
  );
}

export function domainFact({ domain, reason, id }: Machine): DomainFact {
  return domain === "running" || domain === "paused" || domain === "stalled" || domain === "frozen"
    ? { state: domain, reason, id }
    : { state: domain, reason };
}

export function polled(machine: Machine): PolledDomain {
  const hasTap = machine.domain === "running" || machine.domain === "paused";
  return {
    ...domainFact(machine),
    diskThere: machine.diskThere,
    ...(hasTap ? { attached: machine.attached } : {}),
    ...(machine.domain === "running" ? { waitedShare: machine.ills.has("machineStarved") ? 0.9 : 0.1 } : {}),
  };
}

/** What is wrong with it, in the words of the table. What the way to it suffers is nothing that the table names. */
export function troublesOf({ role, domain, ills, diskThere, attached, unfinished }: Machine): (CauseName | Illness)[] {
  const ofDomain = {
    running: undefined,
    paused: role === "balancer" ? "balancerFrozen" : "machinePaused",
    frozen: role === "balancer" ? "balancerFrozen" : "machineFrozen",
    stalled: "machineStalled",
    stopped: "machineStopped",
    crashed: "machineCrashed",
    panicked: "machinePanicked",
    absent: "domainUndefined",
  } as const;
  const found: (CauseName | Illness)[] = [...ills.keys()];
  const named = ofDomain[domain];
  if (named !== undefined) found.push(named);
  if (!diskThere) found.push("diskMissing");
  if (!attached) found.push("machineDetached");
  if (unfinished) found.push("repairUnfinished");
  return found;
}

const ofMemory = ["serviceDead", "serviceHung", "serviceBusy", "keepalivedDead", "agentDead"] as const;
const ofBoot = [...ofMemory, "serviceCrashes", "machineReboots", "machineHung", "machineUnreachable"] as const;

const reach: Readonly<Record<Operation | "replace", { rank: number; cures: readonly Illness[] }>> = {
  restartService: { rank: 0, cures: ["serviceDead", "serviceHung", "serviceBusy", "serviceWrong"] },
  restartKeepalived: { rank: 0, cures: ["keepalivedDead"] },
  restartAgent: { rank: 0, cures: ["agentDead"] },
  start: { rank: 0, cures: [] },
  resume: { rank: 0, cures: [] },
  reattach: { rank: 0, cures: [] },
  reset: { rank: 1, cures: ofBoot },
  powerCycle: { rank: 1, cures: ofBoot },
  replace: { rank: 2, cures: [...ofBoot, "serviceWrong", "guestDiskFull", "filesChanged"] },
};

const lasting: ReadonlySet<Illness> = new Set([
  ...(["guestDiskFull", "filesChanged", "serviceWrong", "serviceCrashes", "machineReboots"] as const),
  ...(["machineStarved", "mute", "slow"] as const),
]);

/** It begins anew, with the disk that it has. */
export function forgetMemory({ ills }: Machine): void {
  for (const ill of ills.keys()) if (!lasting.has(ill)) ills.delete(ill);
}

export function cure({ ills }: Machine, repair: Operation | "replace"): void {
  const { rank, cures } = reach[repair];
  for (const ill of cures) if ((ills.get(ill) ?? 0) <= rank) ills.delete(ill);
}
