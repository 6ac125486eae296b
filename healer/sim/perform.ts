/** What the operations of a repair do to a simulated machine. */
import type { Operation } from "../core/actions.ts";
import type { RepairOutcome } from "../core/events.ts";
import { cure, type Machine } from "./machine.ts";
import type { World } from "./world.ts";

export type Failure = Extract<RepairOutcome, { ok: false }>;

/** What comes of an operation on a machine; undefined if it was done. */
export function perform(world: World, machine: Machine, operation: Operation): Failure | undefined {
  if (world.isOn("operations-fail") && world.random.chance(0.8)) return failed(`${operation} came to nothing`);
  if (operation.startsWith("restart")) return restart(world, machine, operation);
  if (world.isOn("stop-libvirtd")) return { ok: false, code: "preflight", reason: "libvirt does not answer" };
  if (machine.domain === "absent") return failed("there is no such domain");
  switch (operation) {
    case "start":
      return start(world, machine);
    case "resume":
      return resume(world, machine);
    case "reset":
      if (machine.domain !== "running") return failed(`it is ${machine.domain}`);
      cure(machine, "reset");
      world.reboot(machine);
      return undefined;
    case "powerCycle":
      return powerCycle(world, machine);
    default:
      machine.attached = true;
      return undefined;
  }
}

export function failed(reason: string): Failure {
  return { ok: false, code: "failed", reason };
}

export function isInReach({ nowMs }: World, { ills, domain, attached, beatsMs }: Machine): boolean {
  const isDeaf =
    ills.has("machineHung") ||
    ills.has("machineUnreachable") ||
    ills.has("machineStarved") ||
    ills.has("mute") ||
    !attached;
  return domain === "running" && !isDeaf && nowMs >= beatsMs;
}

function restart(world: World, machine: Machine, operation: Operation): Failure | undefined {
  if (!isInReach(world, machine)) return failed("nobody answers in it");
  cure(machine, operation);
  if (operation === "restartService") world.relapse(machine);
  if (operation === "restartAgent") machine.agentStarts += 1;
  return undefined;
}

function start(world: World, machine: Machine): Failure | undefined {
  if (machine.domain === "running") return undefined;
  if (machine.domain !== "stopped" && machine.domain !== "crashed" && machine.domain !== "panicked") {
    return failed(`it is ${machine.domain}`);
  }
  if (!machine.diskThere || machine.domainDepth > 0) return failed("it does not start");
  world.boot(machine);
  return undefined;
}

function resume(world: World, machine: Machine): Failure | undefined {
  if (machine.domain === "running") return undefined;
  const canGoOn = machine.domain === "paused" || (machine.domain === "stalled" && !world.isOn("fill-pool"));
  if (!canGoOn || machine.domainDepth > 0) return failed("it stays paused");
  machine.domain = "running";
  machine.reason = "unpaused";
  world.announce(machine);
  return undefined;
}

function powerCycle(world: World, machine: Machine): Failure | undefined {
  if (!machine.diskThere || machine.domainDepth > 1 || (machine.domain === "stalled" && world.isOn("fill-pool"))) {
    machine.domain = "stopped";
    machine.reason = "destroyed";
    machine.domainDepth = 2;
    world.announce(machine);
    return failed("it does not start");
  }
  cure(machine, "powerCycle");
  world.boot(machine);
  return undefined;
}
