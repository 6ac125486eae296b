import type { HistoryAnswer, Incident, Status } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { renderTable } from "../output.ts";
import { renderHosts } from "./renderHosts.ts";
import { renderVerdict } from "./renderVerdict.ts";

/** Of each slot so many of its past incarnations. */
const keptPerSlot = 5;

/**
 * Each slot as it is, and below it what it was before its last repairs: who was replaced must not be forgotten. Below the
 * table, why there are workers of other hosts, or why nothing is done here: in the words of the status.
 */
export function renderPs(status: Status, { incidents }: Pick<HistoryAnswer, "incidents">, nowMs: number): string {
  const { slots, verdict, hosts } = status;
  const rows = slots.flatMap(({ slot, address, status, forMs, sentence, drained, standsInFor }) => {
    const name = standsInFor === undefined ? slot : `${slot} (for ${standsInFor})`;
    const past = incidents.filter((incident) => incident.slot === slot && incident.repairs.length > 0);
    return [
      [name, status, spellDuration(forMs), address, "", status === "green" && drained === undefined ? "" : sentence],
      ...past.slice(0, keptPerSlot).map((incident) => pastRow(incident, nowMs)),
    ];
  });
  const notes = [...(verdict === "drained" ? renderVerdict(status) : []), ...renderHosts(hosts)];
  const table = renderTable(["slot", "status", "for", "address", "repair", "error"], rows);
  return notes.length === 0 ? table : `${[table, ...notes].join("\n")}\n`;
}

/** The time since it was over, in the column that says of the others how long they have been as they are. */
function pastRow({ slot, outcome, endedAt, begunAt, repairs, sentence }: Incident, nowMs: number): string[] {
  const agoMs = nowMs - Date.parse(endedAt ?? begunAt);
  return [` \\_ ${slot}`, outcome, `${spellDuration(agoMs)} ago`, "", repairsOf(repairs), sentence];
}

/** `resume did not help, replace helped in 31 s`. */
export function repairsOf(repairs: Incident["repairs"]): string {
  const words = repairs.map(({ repair, outcome, tookMs }) => {
    const took = outcome === "helped" && tookMs !== undefined ? ` in ${spellDuration(tookMs)}` : "";
    return `${repair} ${spelled(outcome)}${took}`;
  });
  return words.join(", ");
}

/** `didNotHelp` as `did not help`. */
function spelled(outcome: string): string {
  return outcome.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
