import type { PeerState } from "../core/peer.ts";

/** What the API asks of the peers: what they last said is here, everything else is asked of them. */
export interface KnownPeers {
  readonly all: readonly KnownPeer[];
  /** What a peer's own API answers to a GET. Rejects, with a sentence, if it does not answer now. */
  ask(peer: string, path: string): Promise<{ readonly status: number; readonly text: string }>;
}

export interface KnownPeer {
  readonly host: string;
  readonly address: string;
  readonly state: PeerState;
  /** The release that runs there. */
  readonly healer?: string;
  /** The last status that it sent, as it came, and when. */
  readonly said?: { readonly status: unknown; readonly atMs: number };
}

export const noPeers: KnownPeers = {
  all: [],
  ask: async (peer) => {
    throw new Error(`${peer} is no peer.`);
  },
};
