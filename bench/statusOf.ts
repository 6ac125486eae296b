import { setTimeout as sleep } from "node:timers/promises";
import { type Status, statusSchema } from "../healer/api/schemas.ts";
import { CommandError } from "../host/run.ts";
import { inHostAny } from "../lab/machine.ts";
import type { LabPlace } from "./previewOf.ts";

const shortestPollMs = 1_000;
const longestPollMs = 5_000;
/** Of what has been waited for already: each question costs a process half a second of a processor, and the guests want those. */
const pollShare = 0.02;

/** What a host's healer says of itself, as `vigil status` tells it. Rejects if it does not answer. */
export async function statusOf({ lab, host }: LabPlace): Promise<Status> {
  const argv = ["cli/vigil", "status", "-o", "json"];
  const finished = await inHostAny(lab, host, argv);
  // The exit code tells how the host is, and not whether there was an answer.
  if (finished.stdout === "") throw new CommandError(argv, finished);
  return statusSchema.parse(JSON.parse(finished.stdout));
}

/**
 * Asks until the status is as wanted. A healer that takes up a new plan says nothing for some seconds, and is asked again.
 * Rejects when the time is over, with what was said last.
 */
export async function untilStatus(
  place: LabPlace,
  timeoutMs: number,
  isSo: (status: Status) => boolean,
): Promise<Status> {
  const startMs = performance.now();
  const waitedMs = () => performance.now() - startMs;
  let last: unknown = "nothing was said";
  while (waitedMs() < timeoutMs) {
    const status = await statusOf(place).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      last = error.message;
      return undefined;
    });
    if (status !== undefined) {
      if (isSo(status)) return status;
      last = { what: status.what, slots: status.slots, hosts: status.hosts };
    }
    await sleep(Math.min(longestPollMs, Math.max(shortestPollMs, pollShare * waitedMs())));
  }
  throw new Error(`${place.host} is not as expected after ${timeoutMs / 1_000} s: ${JSON.stringify(last)}`);
}

/** Whether a balancer is cut off, and leaves the address to the other side. */
export function standsBack({ role, holdsVip, sentence }: Status["slots"][number]): boolean {
  return role === "balancer" && holdsVip === false && sentence.includes("stands back: it hears neither");
}

/** All that is here is well and takes part, and every other host is heard. */
export function isWell({ slots, hosts }: Status): boolean {
  const takesPart = slots.every((slot) => slot.status === "green" && !standsBack(slot));
  return takesPart && hosts.every(({ status }) => status === "heard");
}

export function workersOf({ slots }: Pick<Status, "slots">): string[] {
  return slots.flatMap(({ slot, role }) => (role === "worker" ? [slot] : [])).sort();
}
