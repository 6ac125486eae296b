import { setTimeout as sleep } from "node:timers/promises";
import { type Incident, incidentSchema, slotSchema } from "../healer/api/schemas.ts";
import type { HealerClient } from "./askHealer.ts";
import { HealerError } from "./healerError.ts";

export interface FollowTimes {
  readonly pollMs: number;
  /** A repair has a deadline of its own, and those after it have theirs. */
  readonly longestMs: number;
  /** The check for drift comes after the incident. */
  readonly driftMs: number;
}

const minuteMs = 60_000;

export const followTimes: FollowTimes = { pollMs: 500, longestMs: 15 * minuteMs, driftMs: 2 * minuteMs };

/**
 * Resolves to an incident when it is over and the check for drift after it has said something, and tells `onLine` what the
 * healer says of its slot meanwhile. Rejects ERR_REFUSED if that takes too long.
 */
export async function followIncident(
  client: Pick<HealerClient, "ask">,
  { slot, incident: id }: { readonly slot: string; readonly incident: number },
  onLine: (sentence: string) => void,
  { pollMs, longestMs, driftMs }: FollowTimes = followTimes,
): Promise<Incident> {
  const beginMs = performance.now();
  let said: string | undefined;
  let overMs: number | undefined;
  while (performance.now() - beginMs < longestMs) {
    const incident = await client.ask(undefined, `/v1/incidents/${id}`, incidentSchema);
    const { sentence } = await client.ask(undefined, `/v1/slots/${slot}`, slotSchema);
    if (sentence !== said) onLine(sentence);
    said = sentence;
    if (incident.outcome !== "open") overMs ??= performance.now();
    const isChecked = incident.drift !== undefined && incident.drift.verdict !== "unknown";
    const isDone = isChecked || incident.outcome === "passed" || incident.outcome === "gone";
    if (overMs !== undefined && (isDone || performance.now() - overMs >= driftMs)) return incident;
    await sleep(pollMs);
  }
  const waited = `${Math.round(longestMs / minuteMs)} min`;
  throw new HealerError("ERR_REFUSED", `${slot} is not done after ${waited}; \`vigil history\` says what was tried.`);
}
