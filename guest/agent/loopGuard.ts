/**
 * Knows when the agent itself did not run: its machine was starved or stopped, and what seemed to be a silent worker was
 * an agent that did not listen. Pure bookkeeping; whoever calls it brings the time.
 */
export class LoopGuard {
  readonly #expectedMs: number;
  readonly #toleranceMs: number;
  #lastTickMs: number;
  #lateAtMs = Number.NEGATIVE_INFINITY;

  /** `expectedMs` is the time from tick to tick; a tick later by more than `toleranceMs` is a stall. */
  constructor(expectedMs: number, toleranceMs: number, nowMs: number) {
    this.#expectedMs = expectedMs;
    this.#toleranceMs = toleranceMs;
    this.#lastTickMs = nowMs;
  }

  /** To be called at each tick before anything is judged. Returns how late the tick was if that was a stall, else 0. */
  tick(nowMs: number): number {
    const lateMs = nowMs - this.#lastTickMs - this.#expectedMs;
    this.#lastTickMs = nowMs;
    if (lateMs <= this.#toleranceMs) return 0;
    this.#lateAtMs = nowMs;
    return lateMs;
  }

  /** True if a stall was noticed after `sinceMs`: a silence counted from then on says nothing. */
  stalledSince(sinceMs: number): boolean {
    return this.#lateAtMs >= sinceMs;
  }
}
