import { statSync, truncateSync } from "node:fs";
import { logEvent } from "../shared/logEvent.ts";

/** nginx writes a line of this length for each request that no worker was free to take. */
const lineBytes = ".\n".length;
/** The file lies in memory. */
const maxBytes = 1024 ** 2;
/** Refusals that are closer than this belong to one rush, which is logged once. */
const rushEndsMs = 60_000;

/**
 * Counts the requests that nginx has refused since this machine booted, by the length of the file to which it writes a
 * line for each: to be told of each one would cost a machine that has too much to do more than to refuse it.
 */
export class Refusals {
  readonly #path: string;
  #before = 0;
  #count = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.#path = path;
  }

  get count(): number {
    return this.#count;
  }

  refresh(nowMs = performance.now()): void {
    const bytes = sizeOf(this.#path);
    if (bytes === undefined) return;
    const count = this.#before + Math.floor(bytes / lineBytes);
    if (count > this.#count) this.#tell(nowMs);
    this.#count = count;
    if (bytes <= maxBytes) return;
    // nginx appends, so it goes on at the new end.
    truncateSync(this.#path);
    this.#before = count;
  }

  #tell(nowMs: number): void {
    if (nowMs - this.#lastMs > rushEndsMs) logEvent("refusing", { reason: "every worker has as much as it may have" });
    this.#lastMs = nowMs;
  }
}

/** Undefined if there is no such file, or it cannot be read. */
function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}
