import type { Slot } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { renderTable } from "../output.ts";
import { repairsOf } from "./renderPs.ts";
import { drainedBy, pausedUntil, sinceWhen, stampOf } from "./words.ts";

/** Why a slot is what it is: the sentence, the evidence with its age, the suspicion, and what was done before. */
export function renderSlot(slot: Slot): string {
  const { host, role, address, status, since, forMs, sentence, next, paused } = slot;
  const parts = [
    `${host}/${slot.slot} (${role}, ${address}) is ${status} since ${sinceWhen(since, forMs)}`,
    ...(slot.standsInFor === undefined
      ? []
      : [`it stands in for a worker of ${slot.standsInFor}, and goes when that host is back`]),
    `why:  ${sentence}`,
    `next: ${next}`,
    ...(paused === undefined ? [] : [pausedUntil(paused)]),
    ...(slot.drained === undefined ? [] : [drainedBy(slot.drained)]),
    "",
    renderTable(["evidence", "says", "age"], evidence(slot)).trimEnd(),
    ...suspicionLines(slot),
    ...attemptLines(slot),
    ...pastLines(slot),
  ];
  return `${parts.join("\n")}\n`;
}

function evidence({ facts }: Slot): string[][] {
  const { heartbeat, misheard, domain, ping, connect, disk, tap, startedAgoMs } = facts;
  const row = (name: string, fact: { ageMs: number } | undefined, says: string) => {
    return fact === undefined ? [] : [[name, says, spellDuration(fact.ageMs)]];
  };
  const rows = [
    ...row("heartbeat", heartbeat, heartbeat === undefined ? "" : heartbeatWords(heartbeat)),
    ...row("misheard", misheard, misheard?.reason ?? ""),
    ...row("libvirt", domain, domain === undefined ? "" : domainWords(domain)),
    ...row("disk", disk, disk?.there ? "its file is there" : "its file is gone"),
    ...row("tap", tap, tap?.onBridge ? "on the bridge" : "not on the bridge"),
    ...row("ping", ping, ping?.answered ? "answered" : `${ping?.lostInARow} in a row without an answer`),
    ...row("connect", connect, connect?.outcome ?? ""),
    ...(startedAgoMs === undefined ? [] : [["boot", "began, or was first seen", spellDuration(startedAgoMs)]]),
  ];
  return rows.length > 0 ? rows : [["none", "nothing was heard of it yet", ""]];
}

function heartbeatWords({
  service,
  busy,
  freeBytes,
  vrrp,
  holdsVip,
  isCutOff,
  refused = 0,
  filesAsPlanned,
}: NonNullable<Slot["facts"]["heartbeat"]>): string {
  const words = [
    `service ${service}`,
    `${Math.round(busy * 100)} % busy`,
    `${Math.floor(freeBytes / (1024 * 1024))} MiB free`,
    vrrp === undefined ? undefined : `keepalived ${vrrp}`,
    holdsVip ? "holds the service's address" : undefined,
    isCutOff ? "hears nothing from beyond its host" : undefined,
    refused > 0 ? `requests refused since its boot, as every worker was full: ${refused}` : undefined,
    filesAsPlanned === false ? "managed files not as planned" : undefined,
  ];
  return words.filter((word) => word !== undefined).join(", ");
}

function domainWords({ state, reason, id }: NonNullable<Slot["facts"]["domain"]>): string {
  const why = reason === "" ? "" : ` (${reason})`;
  return `${state}${why}${id === undefined ? "" : `, id ${id}`}`;
}

function suspicionLines({ suspicion, nextRepair, hindrance, budget }: Slot): string[] {
  if (suspicion === undefined) return [];
  const { title, evidence: knownBy, repairs, patienceMs, because, since, forMs } = suspicion;
  const waits = patienceMs === 0 ? "at once" : `after ${spellDuration(patienceMs)}, because ${because}`;
  return [
    "",
    `suspected: ${title}, since ${sinceWhen(since, forMs)}`,
    `known by:  ${knownBy}`,
    `repairs:   ${repairs.length === 0 ? `none: ${because}` : `${repairs.join(", then ")}; ${waits}`}`,
    ...(nextRepair === undefined ? [] : [`due:       ${nextRepair}`]),
    ...(hindrance === undefined ? [] : [`hindered:  ${hindrance.code}: ${hindrance.reason}`]),
    `budget:    ${budget.spent} of ${budget.of} repairs spent within ${spellDuration(budget.windowMs)}`,
  ];
}

function attemptLines({ attempt }: Slot): string[] {
  if (attempt === undefined) return [];
  const { number, repair, forMs, deadlineInMs } = attempt;
  return [
    "",
    `repair ${number}: ${repair}, begun ${spellDuration(forMs)} ago, due within ${spellDuration(deadlineInMs)}`,
  ];
}

function pastLines({ incidents }: Slot): string[] {
  if (incidents.length === 0) return [];
  const rows = incidents.map(({ begunAt, outcome, tookMs, repairs, sentence }) => {
    return [stampOf(begunAt), outcome, tookMs === undefined ? "" : spellDuration(tookMs), repairsOf(repairs), sentence];
  });
  return ["", renderTable(["before (utc)", "outcome", "took", "repairs", "why"], rows).trimEnd()];
}
