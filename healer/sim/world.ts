/** The simulated host: its machines, and what is wrong with it. It knows no healer; the rim stands between the two. */
import type { Event } from "../core/events.ts";
import type { Limits } from "../core/limits.ts";
import type { Fault, HostFault } from "./faults.ts";
import { domainFact, forgetMemory, isWell, type Machine, newMachine } from "./machine.ts";
import type { Random } from "./random.ts";

export interface Message {
  readonly dueMs: number;
  readonly event: Event;
}

export class World {
  nowMs = 0;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly limits: Limits;
  readonly random: Random;
  /** Until then something is moving, and time goes in small steps. */
  busyUntilMs = 0;
  /** A change of the number of workers that was cut short has left something, which shows as drift. */
  isLeftOver = false;
  /** By how much the wall clock is ahead of the time that has passed. */
  aheadMs = 0;
  /** On the way to the healer. */
  readonly inbox: Message[] = [];
  readonly #on = new Map<HostFault, number>();
  readonly #tasks: { atMs: number; run: () => void }[] = [];
  #nextTaskMs = Number.POSITIVE_INFINITY;

  constructor(slots: readonly string[], limits: Limits, random: Random) {
    this.machines = new Map(slots.map((slot) => [slot, newMachine(slot)]));
    this.limits = limits;
    this.random = random;
  }

  isOn(kind: HostFault): boolean {
    return (this.#on.get(kind) ?? 0) > 0;
  }

  turn(kind: HostFault, by: 1 | -1): void {
    this.#on.set(kind, (this.#on.get(kind) ?? 0) + by);
  }

  machine(slot: string): Machine {
    const machine = this.machines.get(slot);
    if (machine === undefined) throw new Error(`no machine ${slot}`);
    return machine;
  }

  after(ms: number, run: () => void): void {
    const atMs = this.nowMs + ms;
    this.#tasks.push({ atMs, run });
    this.#nextTaskMs = Math.min(this.#nextTaskMs, atMs);
  }

  get hasTasks(): boolean {
    return this.#tasks.length > 0;
  }

  tell(delayMs: number, event: Event): void {
    this.inbox.push({ dueMs: this.nowMs + delayMs, event });
  }

  /** libvirt announces what becomes of a domain: mostly at once, sometimes late, now and then never. */
  announce(machine: Machine): void {
    this.busyUntilMs = this.nowMs + 2_000;
    if (this.isOn("stop-libvirtd") || this.isOn("events-lost") || this.random.chance(0.08)) return;
    const delayMs = this.random.chance(0.7) ? 0 : this.random.between(0, 2_000);
    this.tell(delayMs, { kind: "domain", slot: machine.slot, domain: domainFact(machine) });
  }

  /** A machine is started. */
  boot(machine: Machine): void {
    machine.domain = "running";
    machine.reason = "booted";
    machine.id += 1;
    machine.attached = true;
    machine.domainDepth = 0;
    this.#bootFromDisk(machine);
    this.announce(machine);
  }

  /** A machine that runs begins anew, which libvirt announces before that is done, or never. */
  reboot(machine: Machine): void {
    forgetMemory(machine);
    this.#bootFromDisk(machine);
    this.busyUntilMs = this.nowMs + 2_000;
    if (this.isOn("stop-libvirtd") || this.isOn("events-lost") || this.random.chance(0.08)) return;
    const delayMs = this.random.chance(0.7) ? 0 : this.random.between(0, 800);
    this.tell(delayMs, { kind: "rebooted", slot: machine.slot });
  }

  /** Its agent beats before its service is up. */
  #bootFromDisk(machine: Machine): void {
    const bootMs = this.random.between(1_500, Math.floor(this.limits.bootMs * 0.7));
    machine.boots += 1;
    machine.isDrained = false;
    machine.beatsMs = this.nowMs + Math.floor(bootMs * 0.7);
    machine.servesMs = this.nowMs + bootMs;
    this.relapse(machine);
  }

  /** Some seconds after its service is up again, what is still wrong shows again. */
  relapse(machine: Machine): void {
    if (!machine.ills.has("serviceCrashes") && !machine.ills.has("machineReboots")) return;
    const { boots } = machine;
    const upMs = Math.max(0, machine.servesMs - this.nowMs);
    this.after(upMs + this.random.between(2_000, 9_000), () => {
      if (machine.boots !== boots) return;
      // A machine that is paused is no nearer to its service's end, or its own.
      if (machine.domain !== "running") this.relapse(machine);
      else if (machine.ills.has("machineReboots")) this.reboot(machine);
      else if (machine.ills.has("serviceCrashes")) machine.ills.set("serviceDead", 0);
    });
  }

  advance(ms: number): void {
    this.nowMs += ms;
    while (this.#nextTaskMs <= this.nowMs) {
      const due = this.#tasks.filter(({ atMs }) => atMs <= this.nowMs);
      const rest = this.#tasks.filter(({ atMs }) => atMs > this.nowMs);
      this.#tasks.splice(0, this.#tasks.length, ...rest);
      this.#nextTaskMs = rest.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
      for (const { run } of due) run();
      this.busyUntilMs = Math.max(this.busyUntilMs, this.nowMs + 1_000);
    }
    for (const machine of this.machines.values()) {
      if (!isWell(machine, this.nowMs)) machine.wellSinceMs = undefined;
      else machine.wellSinceMs ??= this.nowMs;
    }
  }
}

/** What a fault does to the world when it begins and when it ends; faults of the healer itself are the rim's. */
export function schedule(world: World, fault: Fault, begin: () => void, end: () => void): void {
  world.after(fault.atMs, begin);
  if (Number.isFinite(fault.forMs)) world.after(fault.atMs + fault.forMs, end);
}
