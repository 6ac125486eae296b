import { setTimeout as sleep } from "node:timers/promises";

export interface PollTimes {
  readonly pollMs: number;
  readonly longestMs: number;
}

/** Looks again and again until something is found, and resolves to that; to undefined if the time is over before. */
export async function pollUntil<Found>(
  look: () => Promise<Found | undefined>,
  { pollMs, longestMs }: PollTimes,
): Promise<Found | undefined> {
  const beginMs = performance.now();
  while (performance.now() - beginMs < longestMs) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(pollMs);
  }
  return undefined;
}
