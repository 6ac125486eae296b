import { z } from "zod";
import type { KnownPeer } from "./knownPeers.ts";
import { distanceMs, type Moment, wallTime } from "./moment.ts";
import type { Peer } from "./peerSchemas.ts";

/** Of what a peer of any release says, as much as one line needs. */
const verdictSchema = z.looseObject({ verdict: z.string(), what: z.string() });

export function peerView({ host, address, state, healer, said }: KnownPeer, moment: Moment): Peer {
  const { status, sinceMs, sentence, heardMs, failure, view } = state;
  const judged = verdictSchema.safeParse(said?.status).data;
  return {
    peer: host,
    address,
    status,
    since: wallTime(moment, sinceMs),
    forMs: distanceMs(moment, sinceMs),
    sentence,
    heardAgoMs: heardMs === undefined ? undefined : distanceMs(moment, heardMs),
    reason: failure,
    healer,
    verdict: judged?.verdict,
    what: judged?.what,
    planned: view?.marks.planned,
    updating: view?.marks.updating && [...view.marks.updating],
  };
}
