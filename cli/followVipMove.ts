import { statusSchema } from "../healer/api/schemas.ts";
import type { HealerClient } from "./askHealer.ts";
import { HealerError } from "./healerError.ts";
import { type PollTimes, pollUntil } from "./pollUntil.ts";

/** The update has a deadline of its own. */
const moveTimes: PollTimes = { pollMs: 300, longestMs: 6 * 60_000 };

/** Resolves when the address has left. Rejects ERR_NOT_NOW if it is where it was, and ERR_REFUSED if the move failed. */
export async function followVipMove(client: Pick<HealerClient, "ask">, id: number, times = moveTimes): Promise<void> {
  const moved = await pollUntil(async () => {
    const { vipMove } = await client.ask(undefined, "/v1/status", statusSchema);
    if (vipMove === undefined || vipMove.id !== id) {
      throw new HealerError("ERR_REFUSED", "another move of the address has come after this one.");
    }
    const { outcome, reason = "it was cut short" } = vipMove;
    if (outcome === "done") return vipMove;
    const isWhereItWas = outcome === "locked" || outcome === "preflight";
    if (outcome !== "underWay")
      throw new HealerError(isWhereItWas ? "ERR_NOT_NOW" : "ERR_REFUSED", `not moved: ${reason}`);
  }, times);
  if (moved !== undefined) return;
  throw new HealerError("ERR_REFUSED", "the move has not ended; `vigil status` says who holds the address.");
}
