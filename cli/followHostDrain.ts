import { type Status, statusSchema } from "../healer/api/schemas.ts";
import type { HealerClient } from "./askHealer.ts";
import { HealerError } from "./healerError.ts";
import { type PollTimes, pollUntil } from "./pollUntil.ts";
import { tellNews } from "./tellNews.ts";

/** The update that moves the address, and draining after it, have deadlines of their own. */
const hostDrainTimes: PollTimes = { pollMs: 300, longestMs: 10 * 60_000 };
/** Longer than machines that have just booted beside each other keep each other from answering. */
const wellTimes: PollTimes = { pollMs: 300, longestMs: 2 * 60_000 };

type Drain = NonNullable<Status["hostDrain"]>;
type Client = Pick<HealerClient, "ask">;

/**
 * Resolves when the host may be switched off; tells `onLine` what is done meanwhile. Rejects ERR_NOT_NOW if it serves as
 * before because its address could not be moved now, and ERR_REFUSED if it failed or takes too long.
 */
export function followHostDrain(
  client: Client,
  id: number,
  onLine: (sentence: string) => void,
  times = hostDrainTimes,
) {
  return follow(client, id, onLine, times, (drain) => {
    const { outcome, reason = "its healer ended", phase, waitsFor } = drain;
    if (outcome !== "underWay" && outcome !== "done") {
      const isAsBefore = outcome === "locked" || outcome === "preflight";
      throw new HealerError(isAsBefore ? "ERR_NOT_NOW" : "ERR_REFUSED", `not drained, it serves as before: ${reason}`);
    }
    if (outcome === "done" || phase === "returning") {
      throw new HealerError("ERR_REFUSED", "somebody has taken this host back into service meanwhile.");
    }
    return phase === "ready" && waitsFor === undefined;
  });
}

/** Resolves when the host serves again. Rejects ERR_REFUSED if it takes too long, or if somebody drains it again. */
export function followHostReturn(
  client: Client,
  id: number,
  onLine: (sentence: string) => void,
  times = hostDrainTimes,
) {
  return follow(client, id, onLine, times, ({ outcome }) => outcome !== "underWay");
}

/**
 * Resolves when all workers of a host that serves again are green at once. Rejects ERR_REFUSED with what is wrong with those
 * that are not in time.
 */
export async function followWorkersWell(
  client: Client,
  host: string,
  onLine: (sentence: string) => void,
  times = wellTimes,
): Promise<void> {
  let unwell = "";
  const say = tellNews(onLine);
  const well = await pollUntil(async () => {
    const { slots } = await client.ask(undefined, "/v1/status", statusSchema);
    const others = slots.filter(({ role, status }) => role === "worker" && status !== "green");
    if (others.length === 0) return true;
    unwell = others.map(({ slot, sentence }) => `${slot}: ${sentence}`).join("; ");
    say(`it is in service, and not all of its workers are well: ${unwell}`);
  }, times);
  if (well) return;
  throw new HealerError("ERR_REFUSED", `${host} is in service, and not all of its workers are well: ${unwell}.`);
}

async function follow(
  client: Client,
  id: number,
  onLine: (sentence: string) => void,
  times: PollTimes,
  isOver: (drain: Drain) => boolean,
): Promise<Drain> {
  let said = "";
  const say = tellNews(onLine);
  const drain = await pollUntil(async () => {
    const { hostDrain, what } = await client.ask(undefined, "/v1/status", statusSchema);
    if (hostDrain === undefined || hostDrain.id !== id) {
      throw new HealerError("ERR_REFUSED", "somebody has drained this host anew meanwhile.");
    }
    if (isOver(hostDrain)) return hostDrain;
    say(what);
    said = what;
  }, times);
  if (drain !== undefined) return drain;
  throw new HealerError("ERR_REFUSED", `not yet: ${said}. The wish stands; \`vigil status\` tells of it.`);
}
