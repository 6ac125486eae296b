import type { Incident } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";

/** What became of the wish to replace a machine, in one line. */
export function renderReplaced(host: string, { slot, outcome, tookMs = 0, repairs, drift }: Incident): string {
  const subject = `${host}/${slot}`;
  const last = repairs.at(-1);
  if (outcome === "repaired") {
    return `${subject}: replaced in ${spellDuration(tookMs)}; ${drift?.sentence ?? "drift is not checked yet"}\n`;
  }
  const why = last === undefined ? "it could not begin in time" : `${last.outcome}: ${last.reason ?? last.sentence}`;
  return `${subject}: not replaced: ${why}\n`;
}
