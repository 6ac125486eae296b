import type { Lab } from "../../lab/lab.ts";
import { inClient } from "../../lab/machine.ts";

export interface Answers {
  readonly sent: number;
  readonly failed: number;
  /** How many requests each worker answered, by slot id. */
  readonly spread: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
}

/** Sends requests from the client to the service address, one after the other and each on a connection of its own. */
export async function sendRequests(lab: Lab, vip: string, count: number): Promise<Answers> {
  // curl repeats the request for every number in the fragment, which is never sent.
  const url = `http://${vip}/random/number#[1-${count}]`;
  const options = ["--silent", "--max-time", "2", "--header", "Connection: close", "--output", "/dev/null"];
  const startMs = performance.now();
  const { stdout } = await inClient(lab, ["curl", ...options, "--dump-header", "-", url]);
  const elapsedMs = performance.now() - startMs;
  return { sent: count, ...countAnswers(stdout, count), elapsedMs };
}

/** Counts the good answers in what curl wrote of their headers. What has not been answered with 200 has failed. */
export function countAnswers(headers: string, sent: number): { failed: number; spread: Map<string, number> } {
  const good = headers.split(/^(?=HTTP\/)/m).filter((block) => /^HTTP\/\S+ 200\b/.test(block));
  const spread = new Map<string, number>();
  for (const block of good) {
    const slot = /^x-vigil-slot:\s*(\S+)/im.exec(block)?.[1] ?? "unknown";
    spread.set(slot, (spread.get(slot) ?? 0) + 1);
  }
  return { failed: sent - good.length, spread };
}
