import type { JournalEntry, Repair, SlotRepair } from "../core/actions.ts";
import type { Limits } from "../core/limits.ts";
import type { State, Status } from "../core/state.ts";
import { isWish, ladders } from "./oracle.ts";
import { must } from "./violation.ts";
import type { WatchBudget } from "./watchBudget.ts";
import type { World } from "./world.ts";

/** The last repair of a slot that came to its end. */
interface Last {
  readonly generation: number;
  readonly cause: string;
  readonly repair: Repair;
  /** Since when the slot has been green after it, without a break. */
  greenMs: number | undefined;
  /** Whether it is known that it did not help: what became well all the same did so without it. */
  hasFailed: boolean;
}

/** Watches what came of the repairs: what comes back soon gets the next one, and only one that lasts forgives others. */
export class WatchProof {
  readonly #world: World;
  readonly #limits: Limits;
  readonly #budget: WatchBudget;
  readonly #begun = new Map<string, SlotRepair>();
  readonly #last = new Map<string, Last>();

  constructor(world: World, limits: Limits, budget: WatchBudget) {
    this.#world = world;
    this.#limits = limits;
    this.#budget = budget;
  }

  isUnproven(slot: string): boolean {
    return this.#last.has(slot);
  }

  follow(entry: JournalEntry): void {
    switch (entry.kind) {
      case "repairBegun":
        for (const repair of entry.slots) this.#begin(repair);
        return;
      case "repairEnded":
        this.#end(entry);
        return;
      case "repairJudged":
        this.#judge(entry);
        return;
      case "status":
        this.#move(entry.slot, entry.status as Status, entry.cause);
        return;
      default:
        return;
    }
  }

  /** One that has lasted is not held against the slot for ever. */
  check({ slots }: State): void {
    for (const [slot, { generation, greenMs, hasFailed }] of this.#last) {
      if (greenMs === undefined || slots[slot]?.status !== "green" || this.#leftMs(slot, greenMs) > -2_000) continue;
      must(hasFailed, "a repair that lasts is said to help", () => `${slot}: ${generation}`);
      this.#last.delete(slot);
    }
  }

  #begin(begun: SlotRepair): void {
    const { slot, cause, repair } = begun;
    this.#begun.set(slot, begun);
    if (isWish(begun)) return;
    const ladder = ladders[cause];
    const last = this.#last.get(slot);
    if (ladder === undefined) return;
    const next = ladder[Math.min(ladder.indexOf(last?.repair ?? repair) + 1, ladder.length - 1)];
    const isSame = last !== undefined && (last.greenMs === undefined || last.cause === cause);
    // It may have come back in time and be repaired a bit later: then nobody here can tell.
    if (isSame && last.greenMs !== undefined && this.#leftMs(slot, last.greenMs) <= 0) return;
    const expected = isSame ? next : ladder[0];
    const invariant = isSame ? "what comes back soon gets the next repair" : "a ladder begins with its least repair";
    must(repair === expected, invariant, () => `${repair} ${slot} by ${cause} after ${last?.repair ?? "nothing"}`);
  }

  #end({ slot, generation, outcome }: Extract<JournalEntry, { kind: "repairEnded" }>): void {
    const begun = this.#begun.get(slot);
    if (begun === undefined || isWish(begun) || /^(locked|preflight):/.test(outcome)) return;
    const { cause, repair } = begun;
    this.#last.set(slot, { generation, cause, repair, greenMs: undefined, hasFailed: outcome !== "ok" });
  }

  #judge({ slot, generation, helped }: Extract<JournalEntry, { kind: "repairJudged" }>): void {
    const last = this.#last.get(slot);
    must(last?.generation === generation, "only the last repair is judged", () => `${slot}: ${generation}`);
    if (last === undefined) return;
    if (!helped) {
      last.greenMs = undefined;
      last.hasFailed = true;
      this.#budget.fail(generation);
      return;
    }
    const isProven = last.greenMs !== undefined && this.#leftMs(slot, last.greenMs) <= 0;
    must(isProven, "only a repair that lasts has helped", () => `${slot}: ${generation}`);
    this.#last.delete(slot);
    this.#budget.forgive(generation);
  }

  #move(slot: string, status: Status, cause: string | undefined): void {
    const last = this.#last.get(slot);
    if (last === undefined) return;
    const isBack = last.cause === cause && last.greenMs !== undefined && this.#leftMs(slot, last.greenMs) > 0;
    if (status === "red" && isBack) this.#budget.fail(last.generation);
    if (status === "green") last.greenMs = this.#world.nowMs;
  }

  /** How long the slot has still to be green. */
  #leftMs(slot: string, greenMs: number): number {
    const { nowMs } = this.#world;
    const { provenMs, maxProvenMs } = this.#limits;
    const count = this.#budget.countOf(slot, nowMs);
    return greenMs + Math.min(maxProvenMs, provenMs * 2 ** Math.max(0, count - 1)) - nowMs;
  }
}
