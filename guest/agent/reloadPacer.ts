/**
 * Says when the next reload may happen: the first change at once, those that follow it together after a pause, and the
 * pause doubles while changes keep coming. Each reload leaves a process that finishes its requests, and a worker that
 * flaps must not fill the machine with them.
 */
export class ReloadPacer {
  readonly #shortestMs: number;
  readonly #longestMs: number;
  #pauseMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(shortestMs = 200, longestMs = 1600) {
    this.#shortestMs = shortestMs;
    this.#longestMs = longestMs;
    this.#pauseMs = shortestMs;
  }

  /** How long a change at `nowMs` has to wait. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#lastMs + this.#pauseMs - nowMs);
  }

  /** To be called with each reload. */
  reloaded(nowMs: number): void {
    const quietMs = nowMs - this.#lastMs;
    this.#pauseMs = quietMs > 4 * this.#pauseMs ? this.#shortestMs : Math.min(2 * this.#pauseMs, this.#longestMs);
    this.#lastMs = nowMs;
  }
}
