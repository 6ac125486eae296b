export interface BackoffSettings {
  readonly firstMs: number;
  readonly maxMs: number;
  /** From 0 up to but not including 1. */
  readonly random?: () => number;
}

/**
 * How long to wait before the next attempt: doubled each time up to a limit, and shortened by up to a half at random, so
 * that what failed together is not tried again together.
 */
export class Backoff {
  readonly #settings: BackoffSettings;
  #nextMs: number;

  constructor(settings: BackoffSettings) {
    this.#settings = settings;
    this.#nextMs = settings.firstMs;
  }

  /** The wait before the next attempt; each call counts as one more failure. */
  nextMs(): number {
    const { maxMs, random = Math.random } = this.#settings;
    const fullMs = this.#nextMs;
    this.#nextMs = Math.min(maxMs, fullMs * 2);
    return fullMs * (1 - random() / 2);
  }

  /** To be called when an attempt went well. */
  reset(): void {
    this.#nextMs = this.#settings.firstMs;
  }
}
