import type { RepairOutcome } from "../core/events.ts";
import { RepairError } from "./repairError.ts";

/** Success is the time that it took; whatever is thrown is a failure with a sentence. `nowMs` is monotonic. */
export async function timed(nowMs: () => number, act: () => Promise<void>): Promise<RepairOutcome> {
  const beginMs = nowMs();
  try {
    await act();
    return { ok: true, tookMs: Math.round(nowMs() - beginMs) };
  } catch (error) {
    const code = error instanceof RepairError ? error.code : "failed";
    return { ok: false, code, reason: error instanceof Error ? error.message : String(error) };
  }
}
