import { statfsSync } from "node:fs";
import { cpus } from "node:os";

/** How busy this machine is and how full its disk, so that a slow service can be told from a hung one. */
export class MachineLoad {
  #busy = 0;
  #freeBytes = freeBytes();
  #before = processorTimes();

  /** The share of the processors' time that was used between the last two refreshes, from 0 to 1. */
  get busy(): number {
    return this.#busy;
  }

  /** What a process without privileges can still write to the root file system. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  refresh(): void {
    const now = processorTimes();
    const totalMs = now.totalMs - this.#before.totalMs;
    if (totalMs > 0) this.#busy = Math.round((1 - (now.idleMs - this.#before.idleMs) / totalMs) * 100) / 100;
    this.#before = now;
    this.#freeBytes = freeBytes();
  }
}

/** The kernel answers this from memory. */
function freeBytes(): number {
  const { bavail, bsize } = statfsSync("/");
  return bavail * bsize;
}

function processorTimes(): { idleMs: number; totalMs: number } {
  const times = cpus().map(({ times: { idle, ...used } }) => ({ idle, used: Object.values(used) }));
  const idleMs = times.reduce((sum, { idle }) => sum + idle, 0);
  const usedMs = times.flatMap(({ used }) => used).reduce((sum, ms) => sum + ms, 0);
  return { idleMs, totalMs: idleMs + usedMs };
}
