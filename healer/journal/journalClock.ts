export interface Clocks {
  /** Wall time in milliseconds. */
  readonly wallMs?: () => number;
  readonly monotonicMs?: () => number;
}

/** Smaller steps add up until they are worth a line. */
const setMs = 1_000;

/**
 * Dates what a process writes down by the wall clock, and tells when that one was set: since the last look the two clocks
 * have then not gone on by the same. While a host is suspended only one of them does; that looks like a setting, too.
 */
export class JournalClock {
  readonly #wallMs: () => number;
  readonly #monotonicMs: () => number;
  #aheadMs: number | undefined;

  constructor({ wallMs = Date.now, monotonicMs = () => performance.now() }: Clocks = {}) {
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
  }

  /**
   * `setByMs`: forward by so much since the first look, back if negative; 0 if it was not set. It is told again until it is
   * written down.
   */
  read(): { readonly atMs: number; readonly setByMs: number } {
    const atMs = this.#wallMs();
    const aheadMs = atMs - this.#monotonicMs();
    this.#aheadMs ??= aheadMs;
    const offMs = Math.round(aheadMs - this.#aheadMs);
    return { atMs, setByMs: Math.abs(offMs) < setMs ? 0 : offMs };
  }

  /** That it was set by so much stands in the journal now. */
  written(setByMs: number): void {
    if (this.#aheadMs !== undefined) this.#aheadMs += setByMs;
  }
}
