import type { Status } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { renderTable } from "../output.ts";
import { renderHosts } from "./renderHosts.ts";
import { renderPeers } from "./renderPeers.ts";
import { renderVerdict } from "./renderVerdict.ts";
import { drainedBy, fit, pausedUntil, stampOf } from "./words.ts";

/** Three lines for whoever is in a hurry: is it fine, since when and why, what happens next. Then everything in full. */
export function renderStatus(status: Status): string {
  const head = renderVerdict(status).map(fit);
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

function notesOf(status: Status, head: readonly string[]): string[] {
  const { slots, hosts, pages, paused, breaker, drift, pending, overridden, why, next } = status;
  return [
    // What the first lines had to cut off.
    ...(head[1]?.endsWith(why) ? [] : [`why: ${why}`]),
    ...(head[2]?.endsWith(next) ? [] : [`next: ${next}`]),
    ...renderHosts(hosts),
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
