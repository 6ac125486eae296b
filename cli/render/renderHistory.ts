import type { HistoryAnswer } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { renderTable } from "../output.ts";
import { repairsOf } from "./renderPs.ts";
import { stampOf } from "./words.ts";

/** `slot`: the only one that was asked about. */
export function renderHistory({ host, incidents }: HistoryAnswer, slot: string | undefined): string {
  if (incidents.length === 0) {
    const subject = slot === undefined ? `on ${host}` : `with ${host}/${slot}`;
    return `nothing was wrong ${subject} as far back as the journal reaches.\n`;
  }
  const rows = incidents.map(({ begunAt, slot, outcome, tookMs, repairs, drift, sentence }) => {
    const took = tookMs === undefined ? "" : spellDuration(tookMs);
    return [stampOf(begunAt), slot, outcome, took, repairsOf(repairs), drift?.verdict ?? "", sentence];
  });
  return renderTable(["begun (utc)", "slot", "outcome", "took", "repairs", "drift", "why"], rows);
}
