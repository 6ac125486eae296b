import { join } from "node:path";
import { stateDir } from "../../infra/paths.ts";

/** On the host's own address of the service's network, beside the API's port of loopback. */
export const peerPort = 9181;

/** The secret by which a healer proves to its peers who it is. */
export const peerKeyPath = join(stateDir, "peer.key");

/** `HOST.pub` each: the public keys of the other hosts' healers. */
export const peerPinsDir = join(stateDir, "peers");
