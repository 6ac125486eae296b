import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { qemuRunDir } from "./frozenProcess.ts";

interface Reading {
  readonly pid: number;
  readonly waitedMs: number;
  readonly atMs: number;
}

/** What is read too soon after the last time says little: the kernel counts a wait when it ends. */
const leastIntervalMs = 500;

/**
 * How much of the time each machine's processors waited for the host's. libvirt could be asked for it, but asks QEMU in
 * its turn, which a machine that gets no time or is stopped does not answer.
 */
export class ProcessorWaits {
  readonly #runDir: string;
  readonly #last = new Map<string, Reading>();

  constructor(runDir = qemuRunDir) {
    this.#runDir = runDir;
  }

  /**
   * The share since the last reading, from 0 to 1; undefined for the first one of a process, for one too soon after the
   * last, and where it cannot be told.
   */
  async share(domain: string): Promise<number | undefined> {
    const now = await readWaits(domain, this.#runDir).catch(() => undefined);
    const last = this.#last.get(domain);
    if (now === undefined) {
      this.#last.delete(domain);
      return undefined;
    }
    const isSame = last?.pid === now.pid;
    if (isSame && now.atMs - last.atMs < leastIntervalMs) return undefined;
    this.#last.set(domain, now);
    return isSame ? Math.min(1, (now.waitedMs - last.waitedMs) / (now.atMs - last.atMs)) : undefined;
  }
}

/** Rejects if there is no such process, or if the kernel does not count it. */
async function readWaits(domain: string, runDir: string): Promise<Reading | undefined> {
  const pid = Number.parseInt(await readFile(join(runDir, `${domain}.pid`), "utf8"), 10);
  const tasks = `/proc/${pid}/task`;
  const waits: number[] = [];
  for (const thread of await readdir(tasks)) {
    if (!isProcessor(await readFile(join(tasks, thread, "comm"), "utf8"))) continue;
    waits.push(waitedMsIn(await readFile(join(tasks, thread, "schedstat"), "utf8")));
  }
  if (waits.length === 0) return undefined;
  return { pid, waitedMs: waits.reduce((sum, ms) => sum + ms, 0) / waits.length, atMs: performance.now() };
}

/** QEMU names the threads of its processors `CPU 0/KVM`, or `CPU 0/TCG` where it emulates them. */
export function isProcessor(threadName: string): boolean {
  return /^CPU \d+\//.test(threadName);
}

/** For how long a thread was ready to run and had no processor: the second number of /proc/PID/schedstat, in ns. */
export function waitedMsIn(schedstat: string): number {
  return Number(schedstat.split(" ")[1]) / 1e6;
}
