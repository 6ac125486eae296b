import { setTimeout as sleep } from "node:timers/promises";
import { type Status, statusSchema } from "../healer/api/schemas.ts";
import type { HealerClient } from "./askHealer.ts";
import { HealerError } from "./healerError.ts";

export interface ScaleTimes {
  readonly pollMs: number;
  readonly longestMs: number;
  /** The healer starts over with the new plan, and has no status meanwhile. */
  readonly silentMs: number;
}

const minuteMs = 60_000;

export const scaleTimes: ScaleTimes = { pollMs: 500, longestMs: 15 * minuteMs, silentMs: minuteMs };

/**
 * Resolves to the status in which the workers are deployed, all machines are green and drift was looked for; tells `onLine`
 * what is done meanwhile. Rejects ERR_NOT_NOW if nothing could begin, and ERR_REFUSED if it failed or takes too long.
 */
export async function followScale(
  client: Pick<HealerClient, "ask">,
  { id, workers }: { readonly id: number; readonly workers: number },
  onLine: (sentence: string) => void,
  { pollMs, longestMs, silentMs }: ScaleTimes = scaleTimes,
): Promise<Status> {
  const beginMs = performance.now();
  let heardMs = beginMs;
  let said: string | undefined;
  while (performance.now() - beginMs < longestMs) {
    const status = await client.ask(undefined, "/v1/status", statusSchema).catch((error: unknown) => {
      const isSilent = error instanceof HealerError && error.code === "ERR_NO_HEALER";
      if (!isSilent || performance.now() - heardMs > silentMs) throw error;
      return undefined;
    });
    if (status !== undefined) {
      heardMs = performance.now();
      const sentence = sentenceOf(status, id);
      if (sentence !== said) onLine(sentence);
      said = sentence;
      if (isDone(status, workers)) return status;
    }
    await sleep(pollMs);
  }
  throw new HealerError(
    "ERR_REFUSED",
    `${workers} workers are not there after ${Math.round(longestMs / minuteMs)} min.`,
  );
}

/** Throws what it came to, if that was nothing. */
function sentenceOf({ scale, what, slots }: Status, id: number): string {
  if (scale === undefined || scale.id !== id) {
    throw new HealerError("ERR_REFUSED", "another change of the number of workers has come after this one.");
  }
  if (scale.outcome === "underWay") {
    const drained = slots.filter(({ slot }) => Number(slot.split("-")[1]) > scale.workers && slot.startsWith("web-"));
    return drained.length > 0
      ? `drains and removes ${drained.map(({ slot }) => slot).join(", ")}`
      : "makes the new workers";
  }
  if (scale.outcome === "done") return what;
  const hasNotBegun = scale.outcome === "locked" || scale.outcome === "preflight";
  throw new HealerError(
    hasNotBegun ? "ERR_NOT_NOW" : "ERR_REFUSED",
    `${scale.outcome}: ${scale.reason || "it was cut short"}`,
  );
}

function isDone({ scale, slots, drift }: Status, workers: number): boolean {
  const isThere = slots.filter(({ role }) => role === "worker").length === workers;
  const isWell = slots.every(({ status }) => status === "green");
  return scale?.outcome === "done" && isThere && isWell && drift.verdict !== "unknown";
}
