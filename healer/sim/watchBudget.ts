import type { Limits } from "../core/limits.ts";
import { must } from "./violation.ts";

interface Spent {
  readonly slot: string;
  readonly generation: number;
  readonly atMs: number;
}

/** Watches what repairs cost: budgets, the pauses between repairs, and the breaker. */
export class WatchBudget {
  readonly #limits: Limits;
  #spent: Spent[] = [];
  /** Until when a slot has to wait because its last repair could not begin. */
  readonly #waitsMs = new Map<string, number>();
  /** The generations of the repairs that did not help, since one did and lasted. */
  readonly #failed = new Set<number>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The next healer may wait less for what could not begin; it has spent and failed as often as the one before. */
  restart(): void {
    this.#waitsMs.clear();
  }

  fail(generation: number): void {
    this.#failed.add(generation);
  }

  /** A repair that has lasted forgives those before it; a person's word forgives all. */
  forgive(generation = Number.POSITIVE_INFINITY): void {
    for (const failed of this.#failed) if (failed < generation) this.#failed.delete(failed);
  }

  /** How many repairs of a slot count at this moment. */
  countOf(slot: string, nowMs: number): number {
    const { budgetWindowMs } = this.#limits;
    return this.#spent.filter((spent) => spent.slot === slot && nowMs - spent.atMs < budgetWindowMs).length;
  }

  openBreaker(): void {
    const { size } = this.#failed;
    must(size >= this.#limits.breakerFailures, "the breaker opens for a reason", () => `after ${size}`);
    this.#failed.clear();
  }

  /** What could not begin is not counted, and waits a moment. */
  giveBack(slot: string, generation: number, nowMs: number): void {
    this.#spent = this.#spent.filter((spent) => spent.slot !== slot || spent.generation !== generation);
    this.#waitsMs.set(slot, nowMs + this.#limits.backoffMs);
  }

  becomesGreen(slot: string): void {
    this.#waitsMs.delete(slot);
  }

  mayBegin(): void {
    const { size } = this.#failed;
    must(size < this.#limits.breakerFailures, "repairs that do not help open the breaker", () => `${size} in a row`);
  }

  spend(slot: string, generation: number, nowMs: number): void {
    const { budgetWindowMs, slotBudget, hostBudget, backoffMs, maxBackoffMs } = this.#limits;
    const waitMs = (this.#waitsMs.get(slot) ?? 0) - nowMs;
    must(waitMs <= 0, "no repair begins before the backoff is over", () => `${slot}: ${waitMs} ms were left`);
    this.#spent = this.#spent.filter(({ atMs }) => nowMs - atMs < budgetWindowMs);
    const earlier = this.#spent.filter((spent) => spent.slot === slot);
    const sinceMs = nowMs - (earlier.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY);
    const pauseMs = Math.min(maxBackoffMs, backoffMs * 2 ** (earlier.length - 1));
    must(sinceMs >= pauseMs, "each repair waits longer than the one before", () => {
      return `${slot}: ${sinceMs} of ${pauseMs} ms`;
    });
    this.#spent.push({ slot, generation, atMs: nowMs });
    const count = earlier.length + 1;
    must(count <= slotBudget, "no slot has more repairs than its budget", () => `${slot}: ${count}`);
    must(this.#spent.length <= hostBudget, "no host has more repairs than its budget", () => `${this.#spent.length}`);
  }
}
