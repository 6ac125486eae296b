import { type Incident, incidentSchema, slotSchema } from "../healer/api/schemas.ts";
import type { HealerClient } from "./askHealer.ts";
import { HealerError } from "./healerError.ts";
import { type PollTimes, pollUntil } from "./pollUntil.ts";
import { tellNews } from "./tellNews.ts";

interface FollowTimes extends PollTimes {
  /** The check for drift comes after the incident. */
  readonly driftMs: number;
}

const minuteMs = 60_000;

/** A repair has a deadline of its own, and those after it have theirs. */
const followTimes: FollowTimes = { pollMs: 500, longestMs: 15 * minuteMs, driftMs: 2 * minuteMs };

/**
 * Resolves to an incident when it is over and the check for drift after it has said something, and tells `onLine` what the
 * healer says of its slot meanwhile. Rejects ERR_REFUSED if that takes too long.
 */
export async function followIncident(
  client: Pick<HealerClient, "ask">,
  { slot, incident: id }: { readonly slot: string; readonly incident: number },
  onLine: (sentence: string) => void,
  times = followTimes,
): Promise<Incident> {
  const say = tellNews(onLine);
  let overMs: number | undefined;
  const found = await pollUntil(async () => {
    const incident = await client.ask(undefined, `/v1/incidents/${id}`, incidentSchema);
    const { sentence } = await client.ask(undefined, `/v1/slots/${slot}`, slotSchema);
    say(sentence);
    if (incident.outcome !== "open") overMs ??= performance.now();
    const isChecked = incident.drift !== undefined && incident.drift.verdict !== "unknown";
    const isDone = isChecked || incident.outcome === "passed" || incident.outcome === "gone";
    return overMs !== undefined && (isDone || performance.now() - overMs >= times.driftMs) ? incident : undefined;
  }, times);
  if (found !== undefined) return found;
  const waited = `${Math.round(times.longestMs / minuteMs)} min`;
  throw new HealerError("ERR_REFUSED", `${slot} is not done after ${waited}; \`vigil history\` says what was tried.`);
}
