import type { Peer } from "../../healer/api/peerSchemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { renderTable } from "../output.ts";

export const peerStatuses: Readonly<Record<Peer["status"], string>> = {
  neverHeard: "not heard yet",
  green: "green",
  silent: "silent",
  refused: "refused",
};

/** One line per peer: whether it is heard, since when, and what it says or why it says nothing. */
export function renderPeers(peers: readonly Peer[]): string {
  return renderTable(
    ["peer", "address", "status", "for", "says"],
    peers.map((peer) => [peer.peer, peer.address, peerStatuses[peer.status], spellDuration(peer.forMs), saysOf(peer)]),
  );
}

function saysOf({ status, sentence, verdict, what }: Peer): string {
  const judged = verdict === undefined ? undefined : `${verdict}: ${what}`;
  if (status !== "green") return sentence;
  if (judged === undefined) return sentence;
  return sentence === "it answers" ? judged : `${sentence}; ${judged}`;
}
