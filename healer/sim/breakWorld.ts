/** Brings a fault about, and ends it where it ends by itself. */
import type { DomainState } from "../core/facts.ts";
import type { Fault, HostFault, SlotFault } from "./faults.ts";
import { hostFaults } from "./faults.ts";
import { forgetMemory, type Illness, type Machine } from "./machine.ts";
import type { World } from "./world.ts";

export function beginFault(world: World, fault: Fault): void {
  if (isHostFault(fault.kind)) {
    world.turn(fault.kind, 1);
    if (fault.kind === "empty-bridge") for (const machine of world.machines.values()) machine.attached = false;
    if (fault.kind === "cut-workers") for (const machine of workers(world)) machine.ills.set("mute", 3);
    if (fault.kind === "set-clock") world.aheadMs += aheadMsOf(fault);
    return;
  }
  if (fault.slot === undefined) throw new Error(`${fault.kind} needs a slot`);
  breakMachine(world, world.machine(fault.slot), fault.kind, fault.depth);
}

export function endFault(world: World, fault: Fault): void {
  if (isHostFault(fault.kind)) {
    world.turn(fault.kind, -1);
    if (fault.kind === "cut-workers" && !world.isOn("cut-workers")) {
      for (const machine of workers(world)) unmute(world, machine);
    }
    if (fault.kind === "set-clock") world.aheadMs -= aheadMsOf(fault);
    return;
  }
  const machine = world.machine(fault.slot ?? "");
  if (fault.kind === "overload") machine.ills.delete("serviceBusy");
  if (fault.kind === "starve") {
    machine.ills.delete("machineStarved");
    machine.reachableMs = world.nowMs;
  }
  if (fault.kind === "save" && machine.domain === "paused" && machine.reason === "saving") {
    Object.assign(machine, { domain: "running", reason: "save canceled", domainDepth: 0 });
    world.announce(machine);
  }
  if (fault.kind === "mute") unmute(world, machine);
  if (fault.kind === "slow-beats") machine.ills.delete("slow");
  if (fault.kind === "lose-image") machine.imageThere = true;
  if (fault.kind === "edit-file") machine.ills.delete("filesChanged");
}

/** Minutes or hours, either way. */
function aheadMsOf({ forMs }: Fault): number {
  return forMs * (forMs % 2 === 0 ? 300 : -300);
}

function unmute({ nowMs }: World, machine: Machine): void {
  machine.ills.delete("mute");
  machine.reachableMs = nowMs;
}

const illnessOf: Partial<Record<SlotFault, Illness>> = {
  "stop-service": "serviceDead",
  "hang-service": "serviceHung",
  "wrong-answer": "serviceWrong",
  overload: "serviceBusy",
  starve: "machineStarved",
  "stop-keepalived": "keepalivedDead",
  "stop-agent": "agentDead",
  "fill-guest": "guestDiskFull",
  "edit-file": "filesChanged",
  "hang-guest": "machineHung",
  "cut-guest": "machineUnreachable",
  mute: "mute",
  "slow-beats": "slow",
};

const domainOf: Partial<Record<SlotFault, { readonly state: DomainState; readonly reason: string }>> = {
  destroy: { state: "stopped", reason: "destroyed" },
  kill: { state: "crashed", reason: "failed" },
  panic: { state: "panicked", reason: "panicked" },
  suspend: { state: "paused", reason: "user" },
  save: { state: "paused", reason: "saving" },
  stall: { state: "stalled", reason: "I/O error" },
  freeze: { state: "frozen", reason: "" },
  undefine: { state: "absent", reason: "" },
};

/** What only a machine that runs can suffer passes by one that does not. */
function breakMachine(world: World, machine: Machine, kind: SlotFault, depth: number): void {
  world.busyUntilMs = world.nowMs + 2_000;
  if (kind === "delete-volume") machine.diskThere = false;
  if (kind === "lose-image") machine.imageThere = false;
  if (machine.domain !== "running") return;
  if (kind === "reboot") world.reboot(machine);
  if (kind === "reboot-loop") {
    machine.ills.set("machineReboots", Math.max(1, depth));
    world.reboot(machine);
  }
  if (kind === "restart-agent") machine.agentStarts += 1;
  if (kind === "detach") machine.attached = false;
  const domain = domainOf[kind];
  if (domain !== undefined) {
    machine.domain = domain.state;
    machine.reason = domain.reason;
    machine.domainDepth = kind === "stall" ? Math.min(depth, 1) : depth;
    if (kind !== "freeze") world.announce(machine);
    // What was wrong inside a machine that is no more is gone with it; its disk is not.
    if (domain.state !== "paused" && domain.state !== "frozen" && domain.state !== "stalled") forgetMemory(machine);
  }
  if (kind === "crash-service") {
    machine.ills.set("serviceCrashes", Math.max(1, depth));
    machine.ills.set("serviceDead", 0);
  }
  const illness = illnessOf[kind];
  if (illness === undefined || (kind === "stop-keepalived" && machine.role !== "balancer")) return;
  machine.ills.set(illness, kind === "overload" || kind === "edit-file" ? 0 : depth);
}

function workers(world: World): Machine[] {
  return [...world.machines.values()].filter(({ role }) => role === "worker");
}

export function isHostFault(kind: Fault["kind"]): kind is HostFault {
  return (hostFaults as readonly string[]).includes(kind);
}
