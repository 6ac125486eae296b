import { type Slot, slotSchema } from "../healer/api/schemas.ts";
import type { HealerClient } from "./askHealer.ts";
import { HealerError } from "./healerError.ts";
import { type PollTimes, pollUntil } from "./pollUntil.ts";

/** Longer than the healer itself waits for the requests under way. */
const rotationTimes: PollTimes = { pollMs: 300, longestMs: 90_000 };

/**
 * Resolves when a worker is where it was wished: out of rotation with nothing under way, or back in it. Rejects ERR_REFUSED
 * with what the healer says if that does not come to pass in time; the wish stays in force.
 */
export async function followRotation(
  client: Pick<HealerClient, "ask">,
  slot: string,
  drained: boolean,
  times = rotationTimes,
): Promise<Slot> {
  let last: Slot | undefined;
  const there = await pollUntil(async () => {
    last = await client.ask(undefined, `/v1/slots/${encodeURIComponent(slot)}`, slotSchema);
    const isBack = last.drained === undefined && last.facts.heartbeat?.service === "up";
    return (drained ? last.drained?.done : isBack) ? last : undefined;
  }, times);
  if (there !== undefined) return there;
  const why = last?.drained?.problem ?? last?.sentence ?? "the healer has not said why";
  throw new HealerError("ERR_REFUSED", `${slot} is not ${drained ? "drained" : "back"} yet: ${why}. The wish stands.`);
}
