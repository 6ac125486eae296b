import type { ConnectionOptions, TLSSocket } from "node:tls";
import { certificateOf } from "./certificate.ts";
import type { Identity } from "./identity.ts";
import { type PeerKey, peerKeyOf } from "./peerKey.ts";

export type Credentials = Pick<
  ConnectionOptions,
  "key" | "cert" | "minVersion" | "maxVersion" | "sigalgs" | "rejectUnauthorized" | "ALPNProtocols"
>;

/**
 * What both ends of a connection between peers are made with. There is no authority to ask and no name to check: TLS proves
 * that the other side has the key of the certificate that it shows, and `shownKey` is compared with what is pinned.
 */
export function credentialsOf(identity: Pick<Identity, "privateKey">): Credentials {
  return {
    key: identity.privateKey,
    cert: certificateOf(identity),
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    sigalgs: "ed25519",
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  };
}

/** The key that the other side of a connection has proved to have; undefined if it showed none of our kind. */
export function shownKey(socket: TLSSocket): PeerKey | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : peerKeyOf(certificate.publicKey);
}
