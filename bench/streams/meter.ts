import type { Figures } from "../cases/case.ts";
import { quantile } from "../statistics.ts";

const mebibyte = 1024 * 1024;

/** What this process costs while it reads streams, and how late its event loop is meanwhile. */
export class Meter {
  /** Beats since the process began. */
  beats = 0;
  #beatsBefore = 0;
  #cpu = process.cpuUsage();
  #beganMs = performance.now();
  #lagsMs: number[] = [];

  /** Takes note of a tick, which the healer's own clock says the lateness of. */
  ticked(lagMs: number): void {
    this.#lagsMs.push(lagMs);
  }

  begin(): null {
    this.#beatsBefore = this.beats;
    this.#lagsMs = [];
    this.#beganMs = performance.now();
    this.#cpu = process.cpuUsage();
    return null;
  }

  end(): Figures {
    // All threads of the process count, and so does what the kernel does for it.
    const { user, system } = process.cpuUsage(this.#cpu);
    const tookMs = performance.now() - this.#beganMs;
    // An event loop that is never idle has no ticks.
    const lagsMs = this.#lagsMs.length === 0 ? [Number.POSITIVE_INFINITY] : this.#lagsMs;
    const sorted = lagsMs.toSorted((one, other) => one - other);
    return {
      cpuPercent: (user + system) / 10 / tookMs,
      rssMib: process.memoryUsage.rss() / mebibyte,
      beatsPerS: ((this.beats - this.#beatsBefore) * 1000) / tookMs,
      lagP50Ms: quantile(sorted, 0.5),
      lagP99Ms: quantile(sorted, 0.99),
      lagMaxMs: quantile(sorted, 1),
    };
  }
}
