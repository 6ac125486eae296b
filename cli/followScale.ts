import { type Status, statusSchema } from "../healer/api/schemas.ts";
import type { HealerClient } from "./askHealer.ts";
import { HealerError } from "./healerError.ts";
import { type PollTimes, pollUntil } from "./pollUntil.ts";
import { repeatMs, tellNews } from "./tellNews.ts";

interface ScaleTimes extends PollTimes {
  /** The healer starts over with the new plan, and has no status meanwhile. */
  readonly silentMs: number;
  readonly repeatMs: number;
}

const minuteMs = 60_000;

const scaleTimes: ScaleTimes = { pollMs: 500, longestMs: 15 * minuteMs, silentMs: minuteMs, repeatMs };

/**
 * Resolves to the status in which the workers are deployed, all machines are green and drift was looked for; tells `onLine`
 * what is done meanwhile. Rejects ERR_NOT_NOW if nothing could begin, and ERR_REFUSED if it failed or takes too long.
 */
export async function followScale(
  client: Pick<HealerClient, "ask">,
  { id, workers }: { readonly id: number; readonly workers: number },
  onLine: (sentence: string) => void,
  times = scaleTimes,
): Promise<Status> {
  let heardMs = performance.now();
  const say = tellNews(onLine, times.repeatMs);
  const found = await pollUntil(async () => {
    const status = await client.ask(undefined, "/v1/status", statusSchema).catch((error: unknown) => {
      const isSilent = error instanceof HealerError && error.code === "ERR_NO_HEALER";
      if (!isSilent || performance.now() - heardMs > times.silentMs) throw error;
      return undefined;
    });
    if (status === undefined) {
      say("the healer starts over with the new plan");
      return undefined;
    }
    heardMs = performance.now();
    say(sentenceOf(status, id));
    return isDone(status, workers) ? status : undefined;
  }, times);
  if (found !== undefined) return found;
  throw new HealerError(
    "ERR_REFUSED",
    `${workers} workers are not there after ${Math.round(times.longestMs / minuteMs)} min.`,
  );
}

/** Throws what it came to, if that was nothing. */
function sentenceOf({ scale, slots, what }: Status, id: number): string {
  if (scale === undefined || scale.id !== id) {
    throw new HealerError("ERR_REFUSED", "another change of the number of workers has come after this one.");
  }
  if (scale.outcome === "underWay") {
    const leaving = slots.filter(({ slot }) => Number(slot.split("-")[1]) > scale.workers && slot.startsWith("web-"));
    const doing =
      leaving.length > 0 ? `drains and removes ${leaving.map(({ slot }) => slot).join(", ")}` : "makes the new workers";
    return scale.step === undefined ? doing : `${doing}: ${scale.step}`;
  }
  if (scale.outcome === "done") {
    const restless = slots.find(({ status }) => status !== "green");
    return restless === undefined ? `${what}; drift is looked for` : `${restless.slot}: ${restless.sentence}`;
  }
  const hasNotBegun = scale.outcome === "locked" || scale.outcome === "preflight";
  throw new HealerError(
    hasNotBegun ? "ERR_NOT_NOW" : "ERR_REFUSED",
    hasNotBegun ? `${scale.outcome}: ${scale.reason}` : cutShort(scale),
  );
}

/** The healer sees to it that nothing half-made is left. */
function cutShort({ outcome, reason = "" }: NonNullable<Status["scale"]>): string {
  const why = reason === "" ? "the healer ended meanwhile" : reason;
  return `${outcome}: ${why}; what is half done ends with the fewer workers of the two numbers.`;
}

function isDone({ scale, slots, drift }: Status, workers: number): boolean {
  const own = slots.filter(({ role, standsInFor }) => role === "worker" && standsInFor === undefined);
  const isThere = own.length === workers;
  const isWell = slots.every(({ status }) => status === "green");
  return scale?.outcome === "done" && isThere && isWell && drift.verdict !== "unknown";
}
