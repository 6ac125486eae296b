import { isNews } from "../../healer/api/hostSchemas.ts";
import type { Status } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { hostStatuses } from "../../healer/core/hostStatuses.ts";
import { renderTable } from "../output.ts";
import { renderPeers } from "./renderPeers.ts";
import { drainedBy, fit, pausedUntil, sinceWhen, stampOf } from "./words.ts";

const verdicts: Readonly<Record<Status["verdict"], string>> = {
  fine: "is fine",
  degraded: "is degraded",
  down: "is down",
  drained: "is drained",
  unknown: "is not known yet",
};

/** Three lines for whoever is in a hurry: is it fine, since when and why, what happens next. Then everything in full. */
export function renderStatus(status: Status): string {
  const { host, verdict, what, since, forMs, why, next } = status;
  const head = [
    `${host} ${verdicts[verdict]}: ${what}`,
    `since ${sinceWhen(since, forMs)}: ${why}`,
    `next: ${next}`,
  ].map(fit);
  const notes = notesOf(status, head);
  const peers = status.peers.length === 0 ? [] : ["", renderPeers(status.peers).trimEnd()];
  return [...head, "", renderSlots(status).trimEnd(), ...peers, ...(notes.length > 0 ? ["", ...notes] : []), ""].join(
    "\n",
  );
}

function renderSlots({ slots }: Status): string {
  return renderTable(
    ["slot", "address", "status", "for", "why"],
    slots.map(({ slot, address, status, forMs, sentence, holdsVip, standsInFor }) => {
      const why = [sentence, ...(holdsVip ? ["it holds the service's address"] : []), ...standIn(standsInFor)].join(
        "; ",
      );
      return [slot, address, status, spellDuration(forMs), why];
    }),
  );
}

function standIn(host: string | undefined): string[] {
  return host === undefined ? [] : [`it stands in for ${host}`];
}

/** That a host is lost, or on its way back: since when, why it is thought to be, what was done and what happens next. */
function hostLines({ host, status, since, forMs, sentence, done, next }: Status["hosts"][number]): string[] {
  const { title } = hostStatuses[status];
  return [`host ${host} is ${title} since ${sinceWhen(since, forMs)}: ${sentence}`, `  ${done}; next: ${next}`];
}

function notesOf(status: Status, head: readonly string[]): string[] {
  const { slots, hosts, pages, paused, breaker, drift, pending, overridden, why, next } = status;
  return [
    // What the first lines had to cut off.
    ...(head[1]?.endsWith(why) ? [] : [`why: ${why}`]),
    ...(head[2]?.endsWith(next) ? [] : [`next: ${next}`]),
    ...hosts.filter(isNews).flatMap(hostLines),
    ...pages.map(
      ({ sentence, since }) => `for a person${since === undefined ? "" : `, since ${stampOf(since)} UTC`}: ${sentence}`,
    ),
    ...(paused === undefined ? [] : [pausedUntil(paused)]),
    ...slots.flatMap(({ slot, paused }) => (paused === undefined ? [] : [`${slot}: ${pausedUntil(paused)}`])),
    ...slots.flatMap(({ slot, drained }) => (drained === undefined ? [] : [`${slot}: ${drainedBy(drained)}`])),
    ...(breaker === undefined ? [] : [`repairs do not help: none begins until ${stampOf(breaker.until)} UTC`]),
    ...(drift.verdict === "found" ? [drift.sentence] : []),
    ...(overridden === undefined ? [] : [overridden]),
    ...pending.map((sentence) => `pending: ${sentence}`),
  ];
}
