import type { DomainAnswer } from "./domainAnswer.ts";

interface Reading {
  readonly id: number | undefined;
  readonly waitedMs: number;
  readonly atMs: number;
}

/** What is read too soon after the last time says little: the kernel counts a wait when it ends. */
const leastIntervalMs = 500;

/** How much of the time the processors of each machine waited for the host's, from one answer of libvirt to the next. */
export class Waits {
  readonly #last = new Map<string, Reading>();

  /**
   * The share since the last reading, from 0 to 1; undefined for the first one of a start, for one too soon after the
   * last, and where libvirt does not count it. `nowMs` is monotonic.
   */
  share(slot: string, { fact, waitedMs }: DomainAnswer, nowMs: number): number | undefined {
    const last = this.#last.get(slot);
    if (waitedMs === undefined) {
      this.#last.delete(slot);
      return undefined;
    }
    const isSame = last !== undefined && last.id === fact.id && waitedMs >= last.waitedMs;
    if (isSame && nowMs - last.atMs < leastIntervalMs) return undefined;
    this.#last.set(slot, { id: fact.id, waitedMs, atMs: nowMs });
    return isSame ? Math.min(1, (waitedMs - last.waitedMs) / (nowMs - last.atMs)) : undefined;
  }
}
