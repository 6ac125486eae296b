import type { PeerStatusAnswer, SlotStatus } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { peerStatuses } from "./renderPeers.ts";
import { renderStatus } from "./renderStatus.ts";
import { sinceWhen } from "./words.ts";

/** Who says what follows, and when it was said. */
export function renderPeerLine({ peer, isLive, ageMs }: Pick<PeerStatusAnswer, "peer" | "isLive" | "ageMs">): string {
  if (isLive) return `${peer.peer} said this ${spellDuration(ageMs)} ago`;
  const since = `since ${sinceWhen(peer.since, peer.forMs)}`;
  return `${peer.peer} is ${peerStatuses[peer.status]} ${since}: ${peer.sentence}\nwhat follows it said ${spellDuration(ageMs)} ago:`;
}

export function renderPeerStatus(answer: PeerStatusAnswer): string {
  // The first three lines of a status stay the first where it is heard.
  if (answer.isLive) return `${renderStatus(answer.status)}\n${renderPeerLine(answer)}\n`;
  return `${renderPeerLine(answer)}\n\n${renderStatus(answer.status)}`;
}

/** Of a machine whose healer is silent. */
export function renderLastWord(answer: PeerStatusAnswer, slot: SlotStatus): string {
  const { role, address, status, forMs, sentence, next } = slot;
  return `${renderPeerLine(answer)}

${answer.peer.peer}/${slot.slot} (${role}, ${address}) was ${status}, for ${spellDuration(forMs)}
why:  ${sentence}
next: ${next}
`;
}
