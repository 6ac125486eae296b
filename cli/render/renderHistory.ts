import type { HistoryAnswer, Loss } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { hostStatuses } from "../../healer/core/hostStatuses.ts";
import { renderTable } from "../output.ts";
import { repairsOf } from "./renderPs.ts";
import { stampOf } from "./words.ts";

/** `slot`: the only one that was asked about. */
export function renderHistory({ host, incidents, losses }: HistoryAnswer, slot: string | undefined): string {
  if (incidents.length === 0 && losses.length === 0) {
    const subject = slot === undefined ? `on ${host}` : `with ${host}/${slot}`;
    return `nothing was wrong ${subject} as far back as the journal reaches.\n`;
  }
  const parts = [...(incidents.length === 0 ? [] : [incidentsTable(incidents)]), ...losses.map(lossLines)];
  return parts.join("\n");
}

function incidentsTable(incidents: HistoryAnswer["incidents"]): string {
  const rows = incidents.map(({ begunAt, slot, outcome, tookMs, repairs, drift, sentence }) => {
    const took = tookMs === undefined ? "" : spellDuration(tookMs);
    return [stampOf(begunAt), slot, outcome, took, repairsOf(repairs), drift?.verdict ?? "", sentence];
  });
  return renderTable(["begun (utc)", "slot", "outcome", "took", "repairs", "drift", "why"], rows);
}

/** From when to when another host was lost, why it was thought to be, what stood in for it and when that was given back. */
function lossLines({ host, sentence, begunAt, endedAt, tookMs, ...loss }: Loss): string {
  const { standIns, madeAt, lack, returnedAt, status } = loss;
  const took = tookMs === undefined ? "" : ` (${spellDuration(tookMs)})`;
  const until = endedAt === undefined ? `on, and is ${titleOf(status)}` : `until ${stampOf(endedAt)} UTC${took}`;
  const names = madeAt === undefined ? "nothing" : standIns.join(", ");
  const made = `${names} stood in for its workers here${madeAt === undefined ? "" : ` from ${stampOf(madeAt)}`}`;
  const isGone = endedAt !== undefined && status === "lost";
  const back = returnedAt === undefined ? [] : [`it was heard again at ${stampOf(returnedAt)}`];
  const gone = isGone ? ["it was taken out of the site"] : [];
  const given = madeAt === undefined || endedAt === undefined ? [] : ["all was given back"];
  return [
    `host ${host} was lost from ${stampOf(begunAt)} UTC ${until}: ${sentence}`,
    `  ${[made, ...(lack === undefined ? [] : [lack]), ...back, ...gone, ...given].join("; ")}`,
    "",
  ].join("\n");
}

/** The word of a newer release stands for itself. */
function titleOf(status: string): string {
  return Object.entries(hostStatuses).find(([name]) => name === status)?.[1].title ?? status;
}
