import type { JournalEntry, Repair } from "../core/actions.ts";
import type { Event } from "../core/events.ts";
import type { Limits } from "../core/limits.ts";
import type { State } from "../core/state.ts";
import { troublesOf } from "./machine.ts";
import {
  isCalledFor,
  isNoMassAction,
  isNoStart,
  isPatient,
  isWish,
  keepsServing,
  mayBegin,
  mayBeginOn,
  mayReplace,
  wasAsked,
  wasWished,
} from "./oracle.ts";
import type { Told } from "./told.ts";
import { must } from "./violation.ts";
import type { World } from "./world.ts";

type Begun = Extract<JournalEntry, { kind: "repairBegun" }>;

interface Open {
  readonly generation: number;
  readonly repair: Repair;
  readonly begunMs: number;
}

/** Watches the repairs: each is called for, the least that fits, alone, and comes to an end. */
export class WatchRepairs {
  readonly #world: World;
  readonly #limits: Limits;
  readonly #open = new Map<string, Open>();
  /** Of each machine, what was wrong with it and what was tried since it was last well for a while. */
  readonly #history = new Map<string, Set<string>>();
  readonly #tried = new Map<string, Repair[]>();
  readonly #generations = new Map<string, number>();
  /** The slots whose last repair was a person's wish. */
  readonly #wished = new Set<string>();
  #generation = 0;
  /** Whether an update is under way that is no repair. */
  isUpdating = false;

  constructor(world: World, limits: Limits) {
    this.#world = world;
    this.#limits = limits;
    for (const slot of world.machines.keys()) {
      this.#history.set(slot, new Set());
      this.#tried.set(slot, []);
    }
  }

  restart(): void {
    this.#open.clear();
    this.isUpdating = false;
  }

  /** Looks at the world between the events. What is still to prove itself is tried and not forgotten. */
  look(state: State, isUnproven: (slot: string) => boolean): void {
    const { nowMs } = this.#world;
    for (const machine of this.#world.machines.values()) {
      const { slot, wellSinceMs } = machine;
      const history = this.#history.get(slot);
      if (wellSinceMs === undefined) {
        for (const trouble of troublesOf(machine)) history?.add(trouble);
      } else if (nowMs - wellSinceMs > 7_500 && state.slots[slot]?.status === "green" && !isUnproven(slot)) {
        history?.clear();
        this.#tried.set(slot, []);
      }
    }
  }

  isAwaited({ slot, generation }: Extract<Event, { kind: "repaired" }>): boolean {
    return this.#open.get(slot)?.generation === generation;
  }

  end(slot: string): void {
    this.#open.delete(slot);
  }

  couldNotBegin(slot: string): void {
    this.#tried.get(slot)?.pop();
  }

  /** The repair that was given up because no result came; undefined if it has had its result, or had time left. */
  giveUp(slot: string): number | undefined {
    const open = this.#open.get(slot);
    if (open === undefined || this.#world.nowMs - open.begunMs < this.#limits.repairDeadlineMs) return undefined;
    this.#open.delete(slot);
    return open.generation;
  }

  beginOtherUpdate(): void {
    const other = [...this.#open].find(([, { repair }]) => repair === "replace");
    must(other === undefined && !this.isUpdating, "one update at a time", () => `another update beside ${other?.[0]}`);
    this.isUpdating = true;
  }

  isOfWish(slot: string): boolean {
    return this.#wished.has(slot);
  }

  /** The generation of a slot's last repair. */
  lastOf(slot: string): number {
    return this.#generations.get(slot) ?? 0;
  }

  begin(state: State, entry: Begun, told: Told): void {
    mayBegin(told, this.#world.nowMs);
    const { generation, slots } = entry;
    must(generation > this.#generation, "generations only grow", () => `${generation} after ${this.#generation}`);
    this.#generation = generation;
    const isReplace = slots.some(({ repair }) => repair === "replace");
    if (isReplace) {
      mayReplace(told, this.#limits);
      const other = [...this.#open].find(([, { repair }]) => repair === "replace");
      must(other === undefined, "one update at a time", () => `${slots[0]?.slot} beside ${other?.[0]}`);
      must(!this.isUpdating, "one update at a time", () => `${slots[0]?.slot} beside an update that is no repair`);
    }
    must(isReplace || slots.length === 1, "an operation is of one slot", () => JSON.stringify(entry));
    isNoMassAction(state, entry, this.#limits);
    for (const repair of slots) this.#beginOne(state, repair, generation, told);
  }

  #beginOne(state: State, begun: Begun["slots"][number], generation: number, told: Told): void {
    const { nowMs } = this.#world;
    const { slot, repair, sentence } = begun;
    const machine = this.#world.machine(slot);
    const tried = this.#tried.get(slot) ?? [];
    const history = this.#history.get(slot) ?? new Set();
    // The first reboot of a machine that nothing else befell is one that it may take its time for.
    const isAwaited =
      history.size + tried.length === 0 && told.slots.get(slot)?.reboots === 1 && !this.#generations.has(slot);
    must(!this.#open.has(slot), "one repair of a slot at a time", () => slot);
    must(sentence.includes(slot) && sentence.includes(": "), "every repair says why", () => sentence);
    mayBeginOn(told, begun, nowMs);
    isNoStart(told, begun, this.#limits, nowMs);
    wasAsked(told, begun, this.#limits, nowMs);
    isPatient(told, begun, this.#limits, nowMs);
    if (isWish(begun)) {
      wasWished(told, state, [...this.#world.machines.values()], begun, this.#limits, nowMs);
    } else {
      isCalledFor(machine, tried, begun, history, isAwaited, nowMs);
      keepsServing(machine, tried, begun, nowMs);
    }
    tried.push(repair);
    this.#generations.set(slot, generation);
    if (isWish(begun)) this.#wished.add(slot);
    else this.#wished.delete(slot);
    this.#open.set(slot, { generation, repair, begunMs: nowMs });
  }

  check(before: State, state: State): void {
    for (const name in state.slots) {
      const slot = state.slots[name];
      if (slot === undefined || slot === before.slots[name]) continue;
      const open = this.#open.get(name);
      must(
        (slot.status === "repairing") === (open !== undefined),
        "a slot is repaired while its repair is open",
        () => {
          return `${name} ${slot.status}`;
        },
      );
      const longestMs = this.#limits.repairDeadlineMs + 1_000;
      const isLate = open !== undefined && this.#world.nowMs - open.begunMs > longestMs;
      must(!isLate, "no repair is waited for beyond its deadline", () => name);
      const { repairsMs, rebootsMs, attempt, status } = slot;
      const isTrying = status === "repairing" || status === "settling";
      must(isTrying === (attempt !== undefined), "an attempt ends with its repair", () => `${name} ${status}`);
      const isBounded = repairsMs.length <= this.#limits.slotBudget && rebootsMs.length <= 8;
      must(isBounded, "the state is bounded", () => `${name} remembers ${repairsMs.length}`);
    }
  }
}
