/** Watches every transition of the core for what must never happen. */
import { isDeepStrictEqual } from "node:util";
import type { Action, JournalEntry } from "../core/actions.ts";
import type { Event } from "../core/events.ts";
import type { Limits } from "../core/limits.ts";
import type { State, Status } from "../core/state.ts";
import { type Step, step } from "../core/step.ts";
import { isWish, mayRotate, seesWhatIs } from "./oracle.ts";
import { newTold, type Told, tell, tellAnew } from "./told.ts";
import { must } from "./violation.ts";
import { WatchBudget } from "./watchBudget.ts";
import { WatchPages } from "./watchPages.ts";
import { WatchProof } from "./watchProof.ts";
import { WatchRepairs } from "./watchRepairs.ts";
import { WatchStatuses } from "./watchStatuses.ts";
import type { World } from "./world.ts";

export class Watch {
  readonly #world: World;
  readonly #limits: Limits;
  readonly told: Told;
  /** How often it was tried in vain to bring the last change of the number of workers to an end. */
  settlings = 0;
  readonly #statuses: WatchStatuses;
  readonly #repairs: WatchRepairs;
  readonly #budget: WatchBudget;
  readonly #proof: WatchProof;
  readonly #pages: WatchPages;

  constructor(world: World, limits: Limits) {
    const slots = [...world.machines.keys()];
    this.#world = world;
    this.#limits = limits;
    this.told = newTold(slots);
    this.#statuses = new WatchStatuses(slots);
    this.#repairs = new WatchRepairs(world, limits);
    this.#budget = new WatchBudget(limits);
    this.#proof = new WatchProof(world, limits, this.#budget);
    this.#pages = new WatchPages(limits);
  }

  /** A new healer begins where the last one ended. What it owes to persons and to budgets is not forgotten. */
  restart(): void {
    tellAnew(this.told, this.#world.nowMs);
    for (const watched of [this.#statuses, this.#repairs, this.#budget, this.#pages]) watched.restart();
  }

  check(before: State, event: Event, { state, actions, reason }: Step): void {
    if (event.kind === "repaired" && !this.#repairs.isAwaited(event)) this.#checkStale(before, event, state, reason);
    this.#follow(event, state, actions);
    if (state.slots !== before.slots) {
      this.#statuses.check(before, state);
      this.#repairs.check(before, state);
    }
    if (actions.length > 0) this.#pages.checkNoted(state);
    if (event.kind === "tick") this.#proof.check(state);
  }

  /** A healer that dies has done only the first of what it decided. */
  checkLast(event: Event, state: State, done: readonly Action[]): void {
    this.#follow(event, state, done);
  }

  /** Looks at the world between the events. */
  look(state: State): void {
    this.#repairs.look(state, (slot) => this.#proof.isUnproven(slot));
  }

  /** That the last look before a machine is deleted sees it as it is. */
  checkLastLook(slot: string, isWell: boolean): void {
    if (this.#repairs.isOfWish(slot)) must(!isWell, "what a person wants replaced may be well", () => slot);
    else seesWhatIs(this.told, this.#world.machine(slot), isWell, this.#limits, this.#world.nowMs);
  }

  checkPages(state: State): void {
    this.#pages.checkDue(state, this.told, this.#world.nowMs);
  }

  get pages(): ReadonlySet<string> {
    return this.#pages.sent;
  }

  /**
   * A stale result is worth no more than the time that it came at: no more than word of a machine that is not planned.
   * A tick would be worth more, for what takes its time goes on with it.
   */
  #checkStale(before: State, event: Event, after: State, reason: string): void {
    const expected = step(before, { kind: "rebooted", slot: "unplanned" }, this.#limits, this.#world.nowMs);
    must(isDeepStrictEqual(after, expected.state), "a stale result changes nothing", () => JSON.stringify(event));
    must(reason.startsWith("ignored"), "a stale result is said to be one", () => reason);
  }

  #follow(event: Event, state: State, actions: readonly Action[]): void {
    tell(this.told, event, this.#limits, this.#world.nowMs);
    if (event.kind === "resume" && event.slot === undefined) this.#budget.forgive();
    if (event.kind === "vipMoved") this.#repairs.isUpdating = state.vipMove?.phase === "updating";
    if (event.kind === "repaired" && this.#repairs.isAwaited(event)) this.#hearResult(event);
    const begun = new Set<number>();
    for (const action of actions) this.#checkAction(state, action, begun);
  }

  #hearResult({ slot, generation, outcome }: Extract<Event, { kind: "repaired" }>): void {
    this.#repairs.end(slot);
    // A wish is no repair: it costs nothing, and says nothing of any.
    if (outcome.ok || this.#repairs.isOfWish(slot)) return;
    if (outcome.code !== "locked" && outcome.code !== "preflight") {
      this.#budget.fail(generation);
      return;
    }
    this.#budget.giveBack(slot, generation, this.#world.nowMs);
    this.#repairs.couldNotBegin(slot);
    this.#pages.hindered(slot, outcome.code === "locked");
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
      case "moveVip":
      case "scale":
        this.#repairs.beginOtherUpdate();
        return;
      case "rotate":
        mayRotate(this.told, this.#world.machine(action.slot), action.to, this.#limits, this.#world.nowMs);
        return;
      case "page":
        this.#pages.send(action.topic, action.sentence);
        return;
      case "clearPage":
        this.#pages.clear(action.topic);
        return;
      default:
        return;
    }
  }

  #checkEntry(state: State, entry: JournalEntry, begun: Set<number>): void {
    const { nowMs } = this.#world;
    if (entry.kind === "breaker") {
      this.#budget.openBreaker();
      this.told.breakerUntilMs = nowMs + entry.openForMs;
    }
    if (entry.kind === "drained" || entry.kind === "undrained") {
      const told = this.told.slots.get(entry.slot);
      if (told !== undefined) told.isDrained = entry.kind === "drained";
    }
    if (entry.kind === "vipMoveEnded") this.#repairs.isUpdating = false;
    if (entry.kind === "scaleBegun") {
      this.told.leaving = entry.leaving;
      this.settlings = 0;
    }
    if (entry.kind === "scaleEnded" || entry.kind === "scaleSettled") this.#endScale(entry);
    if (entry.kind === "status") this.#checkStatus(entry.slot, entry.status as Status, entry.sentence);
    this.#proof.follow(entry);
    if (entry.kind !== "repairBegun") return;
    begun.add(entry.generation);
    this.#budget.mayBegin();
    this.#repairs.begin(state, entry, this.told);
    for (const begun of entry.slots) if (!isWish(begun)) this.#budget.spend(begun.slot, entry.generation, nowMs);
  }

  /** What was cut short is brought to an end that only removes, so those that leave do so until then. */
  #endScale({ kind, outcome }: Extract<JournalEntry, { kind: "scaleEnded" | "scaleSettled" }>): void {
    const hasNotBegun = /^(locked|preflight):/.test(outcome);
    if (kind === "scaleSettled" && outcome !== "ok" && !hasNotBegun) this.settlings += 1;
    if (outcome === "ok" || (kind === "scaleEnded" && hasNotBegun)) this.told.leaving = [];
    must(this.settlings <= 3, "everything has a limit", () => `${this.settlings} tries to end a change of the number`);
    this.#repairs.isUpdating = false;
  }

  #checkStatus(slot: string, status: Status, sentence: string): void {
    const from = this.#statuses.move(slot, status, sentence);
    if (status === "green") {
      const told = this.told.slots.get(slot);
      if (told !== undefined) told.wasGreen = true;
      this.#budget.becomesGreen(slot);
    }
    if (status === "green" || status === "settling") this.#pages.hindered(slot, false);
    const isOfWish = this.#repairs.isOfWish(slot);
    if (from === "settling" && status !== "green" && !isOfWish) this.#budget.fail(this.#repairs.lastOf(slot));
    const givenUp = from === "repairing" && status === "red" ? this.#repairs.giveUp(slot) : undefined;
    if (givenUp !== undefined && !isOfWish) this.#budget.fail(givenUp);
  }
}
