import type { HistoryAnswer } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { renderTable } from "../output.ts";
import { repairsOf } from "./renderPs.ts";
import { stampOf } from "./words.ts";

export function renderHistory({ host, incidents }: HistoryAnswer): string {
  if (incidents.length === 0) return `nothing was wrong on ${host} as far back as its journal reaches.\n`;
  const rows = incidents.map(({ begunAt, slot, outcome, tookMs, repairs, drift, sentence }) => {
    const took = tookMs === undefined ? "" : spellDuration(tookMs);
    return [stampOf(begunAt), slot, outcome, took, repairsOf(repairs), drift?.verdict ?? "", sentence];
  });
  return renderTable(["begun (utc)", "slot", "outcome", "took", "repairs", "drift", "why"], rows);
}
