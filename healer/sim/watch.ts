/** Watches every transition of the core for what must never happen. */
import { isDeepStrictEqual } from "node:util";
import type { Action, JournalEntry, Repair } from "../core/actions.ts";
import type { Event } from "../core/events.ts";
import type { Limits } from "../core/limits.ts";
import type { State, Status } from "../core/state.ts";
import { type Step, step } from "../core/step.ts";
import { plannedFiles, troublesOf } from "./machine.ts";
import {
  isCalledFor,
  isNoMassAction,
  isNoStart,
  isPatient,
  keepsServing,
  mayBegin,
  mayBeginOn,
  mayReplace,
  type Told,
  wasAsked,
} from "./oracle.ts";
import { must } from "./violation.ts";
import type { World } from "./world.ts";

const edges: Readonly<Record<Status, readonly Status[]>> = {
  unknown: ["green", "yellow", "red"],
  green: ["unknown", "yellow", "red"],
  yellow: ["unknown", "green", "red"],
  red: ["unknown", "green", "yellow", "repairing"],
  repairing: ["settling", "red"],
  settling: ["unknown", "green", "yellow", "red"],
};

interface Spent {
  readonly slot: string;
  readonly generation: number;
  readonly atMs: number;
}

interface Open {
  readonly generation: number;
  readonly repair: Repair;
  readonly begunMs: number;
}

export class Watch {
  readonly #world: World;
  readonly #limits: Limits;
  readonly told: Told;
  readonly #statuses = new Map<string, Status>();
  readonly #open = new Map<string, Open>();
  #spent: Spent[] = [];
  readonly #pages = new Set<string>();
  /** Of each machine, what was wrong with it and what was tried since it was last well for a while. */
  readonly #history = new Map<string, Set<string>>();
  readonly #tried = new Map<string, Repair[]>();
  /** The generations of the repairs that did not help. */
  readonly #failed = new Set<number>();
  readonly #generations = new Map<string, number>();
  #generation = 0;
  #waitsMs = new Map<string, number>();
  #silentSinceMs: number | undefined;
  #changedFilesMs = new Map<string, number>();
  #hindered = new Set<string>();

  constructor(world: World, limits: Limits) {
    this.#world = world;
    this.#limits = limits;
    const slots = [...world.machines.keys()];
    this.told = {
      ...{ pausedUntilMs: 0, breakerUntilMs: 0, libvirtSilent: false, startedMs: 0, listensSinceMs: 0 },
      ...{ poolFreeBytes: Number.POSITIVE_INFINITY, stateFreeBytes: Number.POSITIVE_INFINITY },
      slots: new Map(
        slots.map((slot) => [
          slot,
          {
            ...{ beatMs: 0, goodBeatMs: 0, runningMs: 0, pingMs: 0 },
            ...{ pingAnswered: undefined, pausedUntilMs: 0, wasGreen: false },
          },
        ]),
      ),
    };
    for (const slot of slots) {
      this.#statuses.set(slot, "unknown");
      this.#history.set(slot, new Set());
      this.#tried.set(slot, []);
    }
  }

  /** A new healer begins where the last one ended. What it owes to persons and to budgets is not forgotten. */
  restart(): void {
    const { nowMs } = this.#world;
    this.told.startedMs = nowMs;
    this.told.listensSinceMs = nowMs;
    this.told.libvirtSilent = false;
    this.told.poolFreeBytes = Number.POSITIVE_INFINITY;
    this.told.stateFreeBytes = Number.POSITIVE_INFINITY;
    this.#failed.clear();
    this.#silentSinceMs = undefined;
    for (const slot of this.told.slots.values()) slot.wasGreen = false;
    for (const slot of this.#statuses.keys()) this.#statuses.set(slot, "unknown");
    for (const map of [this.#open, this.#pages, this.#waitsMs, this.#changedFilesMs, this.#hindered]) map.clear();
  }

  check(before: State, event: Event, { state, actions, reason }: Step): void {
    if (event.kind === "repaired" && !this.#isAwaited(event)) this.#checkStale(before, event, state, reason);
    this.#hear(event);
    const begun = new Set<number>();
    if (event.kind === "repaired" && this.#isAwaited(event)) this.#open.delete(event.slot);
    for (const action of actions) this.#checkAction(state, action, begun);
    if (state.slots !== before.slots) this.#checkSlots(before, state);
    if (actions.length > 0) this.#checkAfter(state);
  }

  /** A healer that dies has done only the first of what it decided. */
  checkLast(event: Event, state: State, done: readonly Action[]): void {
    this.#hear(event);
    if (event.kind === "repaired" && this.#isAwaited(event)) this.#open.delete(event.slot);
    const begun = new Set<number>();
    for (const action of done) this.#checkAction(state, action, begun);
  }

  /** Looks at the world between the events. */
  look(state: State): void {
    const { nowMs } = this.#world;
    for (const machine of this.#world.machines.values()) {
      const { slot, wellSinceMs } = machine;
      const history = this.#history.get(slot);
      if (wellSinceMs === undefined) {
        for (const trouble of troublesOf(machine)) history?.add(trouble);
      } else if (nowMs - wellSinceMs > 7_500 && state.slots[slot]?.status === "green") {
        history?.clear();
        this.#tried.set(slot, []);
      }
    }
  }

  /** That persons know of what only they can mend, and of nothing that is over. */
  checkPages(state: State): void {
    const { nowMs } = this.#world;
    const { told } = this;
    const limits = this.#limits;
    const expects = (isDue: boolean, topic: string) =>
      must(!isDue || this.#pages.has(topic), "persons are told what only they can mend", () => `no page of ${topic}`);
    expects(
      this.#silentSinceMs !== undefined && nowMs - this.#silentSinceMs > limits.domainsFreshMs + 1_000,
      "hypervisorDown",
    );
    const isPoolLow = told.poolFreeBytes < limits.minPoolFreeBytes;
    const isStateLow = told.stateFreeBytes < limits.minStateFreeBytes;
    expects(isPoolLow, "poolFull");
    expects(isStateLow, "stateFull");
    must(isPoolLow || !this.#pages.has("poolFull"), "pages end", () => "poolFull is over");
    must(isStateLow || !this.#pages.has("stateFull"), "pages end", () => "stateFull is over");
    for (const { slot, status, sinceMs } of Object.values(state.slots)) {
      expects(status === "red" && nowMs - sinceMs > limits.pageAfterMs + 1_000, `${slot}.red`);
      expects(this.#hindered.has(`${slot}.locked`), `${slot}.locked`);
      const changedMs = this.#changedFilesMs.get(slot);
      const isHeard = nowMs - (told.slots.get(slot)?.beatMs ?? 0) <= limits.silentMs;
      const isIdle = isHeard && status !== "repairing" && status !== "settling";
      expects(isIdle && changedMs !== undefined && nowMs - changedMs > 1_500, `${slot}.filesChanged`);
    }
  }

  get pages(): ReadonlySet<string> {
    return this.#pages;
  }

  #isAwaited(event: Extract<Event, { kind: "repaired" }>): boolean {
    return this.#open.get(event.slot)?.generation === event.generation;
  }

  /** A stale result is worth no more than the time that it came at. */
  #checkStale(before: State, event: Event, after: State, reason: string): void {
    const expected = step(before, { kind: "tick", lagMs: 0 }, this.#limits, this.#world.nowMs);
    must(isDeepStrictEqual(after, expected.state), "a stale result changes nothing", () => JSON.stringify(event));
    must(reason.startsWith("ignored"), "a stale result is said to be one", () => reason);
  }

  #hear(event: Event): void {
    const { nowMs } = this.#world;
    const { told } = this;
    switch (event.kind) {
      case "tick":
        if (event.lagMs > this.#limits.maxLoopLagMs) told.listensSinceMs = nowMs;
        return;
      case "beat": {
        const slot = told.slots.get(event.slot);
        if (slot === undefined) return;
        const { service, vrrp, freeBytes, files } = event.beat;
        slot.beatMs = nowMs;
        const isGood = service === "up" && vrrp !== "STOP" && freeBytes > 4 * 1024 * 1024;
        if (isGood) slot.goodBeatMs = nowMs;
        if (files === plannedFiles || !isGood) this.#changedFilesMs.delete(event.slot);
        else if (!this.#changedFilesMs.has(event.slot)) this.#changedFilesMs.set(event.slot, nowMs);
        return;
      }
      case "ping": {
        const slot = told.slots.get(event.slot);
        if (slot === undefined) return;
        slot.pingMs = nowMs;
        slot.pingAnswered = event.answered;
        return;
      }
      case "domain":
        this.#hearDomain(event.slot, event.domain.state);
        return;
      case "domains":
        told.libvirtSilent = false;
        this.#silentSinceMs = undefined;
        for (const [slot, { state, diskThere }] of Object.entries(event.domains))
          this.#hearDomain(slot, diskThere ? state : "absent");
        return;
      case "hypervisorSilent":
        told.libvirtSilent = true;
        this.#silentSinceMs ??= nowMs;
        return;
      case "space":
        told.poolFreeBytes = event.poolFreeBytes;
        told.stateFreeBytes = event.stateFreeBytes;
        return;
      case "pause":
        this.#hearPause(event.slot, nowMs + event.forMs);
        return;
      case "resume":
        this.#hearPause(event.slot, nowMs);
        if (event.slot !== undefined) return;
        for (const slot of told.slots.keys()) this.#hearPause(slot, nowMs);
        told.breakerUntilMs = nowMs;
        this.#failed.clear();
        return;
      case "repaired":
        if (this.#isAwaited(event) && !event.outcome.ok)
          this.#hearFailure(event.slot, event.generation, event.outcome.code);
        return;
      default:
        return;
    }
  }

  #hearPause(slot: string | undefined, untilMs: number): void {
    const told = slot === undefined ? this.told : this.told.slots.get(slot);
    if (told !== undefined) told.pausedUntilMs = untilMs;
  }

  #hearDomain(slot: string, state: string): void {
    const told = this.told.slots.get(slot);
    if (state === "running") {
      if (told !== undefined) told.runningMs = this.#world.nowMs;
    } else this.#changedFilesMs.delete(slot);
  }

  /** What could not begin is not counted. */
  #hearFailure(slot: string, generation: number, code: string): void {
    if (code !== "locked" && code !== "preflight") {
      this.#failed.add(generation);
      return;
    }
    this.#spent = this.#spent.filter((spent) => spent.slot !== slot || spent.generation !== generation);
    this.#waitsMs.set(slot, this.#world.nowMs + this.#limits.backoffMs);
    this.#tried.get(slot)?.pop();
    if (code === "locked") this.#hindered.add(`${slot}.locked`);
    else this.#hindered.delete(`${slot}.locked`);
  }

  #checkAction(state: State, action: Action, begun: Set<number>): void {
    switch (action.kind) {
      case "journal":
        this.#checkEntry(state, action.entry, begun);
        return;
      case "operate":
      case "replace":
        must(begun.has(action.generation), "a repair is journalled before it begins", () => JSON.stringify(action));
        return;
      case "page":
        must(!this.#pages.has(action.topic), "a page is sent once", () => action.topic);
        must(action.sentence !== "", "every page has a sentence", () => action.topic);
        this.#pages.add(action.topic);
        return;
      case "clearPage":
        must(this.#pages.delete(action.topic), "only what was paged is over", () => action.topic);
        return;
      default:
        return;
    }
  }

  #checkEntry(state: State, entry: JournalEntry, begun: Set<number>): void {
    if (entry.kind === "breaker") {
      const { breakerFailures } = this.#limits;
      must(this.#failed.size >= breakerFailures, "the breaker opens for a reason", () => `after ${this.#failed.size}`);
      this.told.breakerUntilMs = this.#world.nowMs + entry.openForMs;
      this.#failed.clear();
    }
    if (entry.kind === "status") this.#checkEdge(entry.slot, entry.status as Status, entry.sentence);
    if (entry.kind !== "repairBegun") return;
    begun.add(entry.generation);
    this.#checkBegun(state, entry);
  }

  #checkEdge(slot: string, status: Status, sentence: string): void {
    const from = this.#statuses.get(slot) ?? "unknown";
    must(edges[from].includes(status), "every edge is legal", () => `${slot} from ${from} to ${status}`);
    must(sentence !== "", "every status has a sentence", () => `${slot} ${status}`);
    this.#statuses.set(slot, status);
    if (status === "green") {
      const told = this.told.slots.get(slot);
      if (told !== undefined) told.wasGreen = true;
      if (from === "settling") this.#failed.clear();
      this.#waitsMs.delete(slot);
    }
    if (status === "green" || status === "settling") this.#hindered.delete(`${slot}.locked`);
    if (from === "settling" && status !== "green") this.#failed.add(this.#generations.get(slot) ?? 0);
    const isUnanswered = from === "repairing" && status === "red" && this.#open.has(slot);
    const open = this.#open.get(slot);
    if (isUnanswered && open !== undefined && this.#world.nowMs - open.begunMs >= this.#limits.repairDeadlineMs) {
      this.#failed.add(open.generation);
      this.#open.delete(slot);
    }
  }

  #checkBegun(state: State, entry: Extract<JournalEntry, { kind: "repairBegun" }>): void {
    const { nowMs } = this.#world;
    const limits = this.#limits;
    mayBegin(this.told, nowMs);
    must(
      entry.generation > this.#generation,
      "generations only grow",
      () => `${entry.generation} after ${this.#generation}`,
    );
    this.#generation = entry.generation;
    must(
      this.#failed.size < limits.breakerFailures,
      "repairs that do not help open the breaker",
      () => `${this.#failed.size} in a row`,
    );
    const isReplace = entry.slots.some(({ repair }) => repair === "replace");
    if (isReplace) {
      mayReplace(this.told, limits);
      const other = [...this.#open].find(([, { repair }]) => repair === "replace");
      must(other === undefined, "one update at a time", () => `${entry.slots[0]?.slot} beside ${other?.[0]}`);
    }
    must(isReplace || entry.slots.length === 1, "an operation is of one slot", () => JSON.stringify(entry));
    isNoMassAction(state, entry, limits);
    for (const repair of entry.slots) {
      const { slot } = repair;
      const machine = this.#world.machine(slot);
      const tried = this.#tried.get(slot) ?? [];
      must(!this.#open.has(slot), "one repair of a slot at a time", () => slot);
      must(
        repair.sentence.includes(slot) && repair.sentence.includes(": "),
        "every repair says why",
        () => repair.sentence,
      );
      mayBeginOn(this.told, repair, nowMs);
      isNoStart(this.told, repair, limits, nowMs);
      wasAsked(this.told, repair, limits, nowMs);
      isPatient(this.told, repair, limits, nowMs);
      isCalledFor(machine, tried, repair, this.#history.get(slot) ?? new Set(), nowMs);
      keepsServing(machine, tried, repair, nowMs);
      tried.push(repair.repair);
      this.#generations.set(slot, entry.generation);
      this.#open.set(slot, { generation: entry.generation, repair: repair.repair, begunMs: nowMs });
      this.#spend(slot, entry.generation);
    }
  }

  #spend(slot: string, generation: number): void {
    const { nowMs } = this.#world;
    const { budgetWindowMs, slotBudget, hostBudget, backoffMs, maxBackoffMs } = this.#limits;
    const waitMs = (this.#waitsMs.get(slot) ?? 0) - nowMs;
    must(waitMs <= 0, "no repair begins before the backoff is over", () => `${slot}: ${waitMs} ms were left`);
    this.#spent = this.#spent.filter(({ atMs }) => nowMs - atMs < budgetWindowMs);
    const earlier = this.#spent.filter((spent) => spent.slot === slot);
    const lastMs = earlier.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    const pauseMs = Math.min(maxBackoffMs, backoffMs * 2 ** (earlier.length - 1));
    must(
      nowMs - lastMs >= pauseMs,
      "each repair waits longer than the one before",
      () => `${slot}: ${nowMs - lastMs} of ${pauseMs} ms`,
    );
    this.#spent.push({ slot, generation, atMs: nowMs });
    must(
      earlier.length < slotBudget,
      "no slot has more repairs than its budget",
      () => `${slot}: ${earlier.length + 1}`,
    );
    must(this.#spent.length <= hostBudget, "no host has more repairs than its budget", () => `${this.#spent.length}`);
  }

  #checkSlots(before: State, state: State): void {
    for (const name in state.slots) {
      const slot = state.slots[name];
      if (slot === undefined || slot === before.slots[name]) continue;
      must(slot.status === this.#statuses.get(name), "every status is journalled", () => `${name} ${slot.status}`);
      must(slot.sentence !== "", "every status has a sentence", () => `${name} ${slot.status}`);
      const open = this.#open.get(name);
      must(
        (slot.status === "repairing") === (open !== undefined),
        "a slot is repaired while its repair is open",
        () => `${name} ${slot.status}`,
      );
      must(
        open === undefined || this.#world.nowMs - open.begunMs <= this.#limits.repairDeadlineMs + 1_000,
        "no repair is waited for beyond its deadline",
        () => name,
      );
    }
  }

  /** The state is as large after a year as after a minute. */
  #checkAfter(state: State): void {
    const slots = Object.values(state.slots);
    must(slots.length === this.#statuses.size, "the state is bounded", () => `${slots.length} slots`);
    must(
      Object.keys(state.pages).length <= 8 + 4 * slots.length,
      "the state is bounded",
      () => `${Object.keys(state.pages).length} pages`,
    );
    for (const { slot, repairsMs, attempt, status } of slots) {
      must(
        repairsMs.length <= this.#limits.slotBudget,
        "the state is bounded",
        () => `${slot} remembers ${repairsMs.length}`,
      );
      const isTrying = status === "repairing" || status === "settling";
      must(isTrying === (attempt !== undefined), "an attempt ends with its repair", () => `${slot} ${status}`);
    }
    const pages = Object.keys(state.pages);
    must(
      pages.length === this.#pages.size && pages.every((topic) => this.#pages.has(topic)),
      "pages are sent as they are noted",
      () => pages.join(" "),
    );
  }
}
