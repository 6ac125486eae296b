import { createHash, type KeyObject } from "node:crypto";

/** An ed25519 public key as OpenSSH writes it, which is how persons know keys. */
export interface PeerKey {
  /** `ssh-ed25519 AAAA...`, without a comment: two keys are the same if this is. */
  readonly text: string;
  /** As `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
}

const keyType = "ssh-ed25519";
/** What stands before the 32 bytes of every such key: the length and text of its type, and the length of what follows. */
const head = Buffer.from(`\0\0\0\x0b${keyType}\0\0\0\x20`, "latin1");
const keyBytes = 32;

/** Undefined if the key is of another kind. */
export function peerKeyOf(key: KeyObject): PeerKey | undefined {
  if (key.asymmetricKeyType !== "ed25519") return undefined;
  return keyOf(Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url"));
}

/** Undefined if the text is no ed25519 public key in OpenSSH's form. A comment after it is passed over. */
export function parsePeerKey(text: string): PeerKey | undefined {
  const [, base64 = ""] = /^ssh-ed25519 ([A-Za-z0-9+/]{68})( [^\n]*)?$/.exec(text.trim()) ?? [];
  const blob = Buffer.from(base64, "base64");
  return blob.subarray(0, head.length).equals(head) ? keyOf(blob.subarray(head.length)) : undefined;
}

function keyOf(bytes: Buffer): PeerKey | undefined {
  if (bytes.length !== keyBytes) return undefined;
  const blob = Buffer.concat([head, bytes]);
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { text: `${keyType} ${blob.toString("base64")}`, fingerprint: `SHA256:${digest}` };
}
