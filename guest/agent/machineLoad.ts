import { readFileSync, statfsSync } from "node:fs";

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
    const total = now.total - this.#before.total;
    const used = total - (now.idle - this.#before.idle);
    // The kernel's count of what was idle may go back a little.
    if (total > 0) this.#busy = Math.round(Math.min(1, Math.max(0, used / total)) * 100) / 100;
    this.#before = now;
    this.#freeBytes = freeBytes();
  }
}

/** The kernel answers this from memory. */
function freeBytes(): number {
  const { bavail, bsize } = statfsSync("/");
  return bavail * bsize;
}

/**
 * In clock ticks of all processors, from the first line of /proc/stat, by proc_stat(5); what waited for a disk is neither
 * used nor idle. Node's own `cpus` asks the kernel for more, which an emulated machine pays for twice a second.
 */
function processorTimes(): { idle: number; total: number } {
  const [, user = 0, nice = 0, system = 0, idle = 0, , irq = 0, softIrq = 0] = readFileSync("/proc/stat", "utf8")
    .split(/\s+/, 8)
    .map(Number);
  return { idle, total: user + nice + system + idle + irq + softIrq };
}
