import type { PeerState } from "../core/peer.ts";
import type { Emit, Signal } from "./signal.ts";

export interface PeersToldSettings {
  /** As they are known now. */
  readonly peers: () => readonly PeerState[];
  readonly intervalMs?: number;
}

/** Says once a second how the other hosts' healers are heard: a core that begins anew has to learn of those that are silent. */
export function tellOfPeers({ peers, intervalMs = 1_000 }: PeersToldSettings, emit: Emit): Signal {
  const tell = () => {
    const all = peers();
    if (all.length > 0) emit({ kind: "peers", peers: all });
  };
  const timer = setInterval(tell, intervalMs);
  return {
    async close() {
      clearInterval(timer);
    },
  };
}
