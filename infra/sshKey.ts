/**
 * ed25519 keys made from 32 random bytes that the stack's state keeps as a secret. The same bytes give the same text,
 * byte for byte, or every preview would want to provision the guests again.
 */
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

export interface SshKey {
  /** What ssh reads. */
  readonly privateKeyOpenssh: string;
  /** PKCS #8, what node:crypto and TLS read. */
  readonly privateKeyPem: string;
  /** One line as in authorized_keys: type, key, comment. */
  readonly publicKey: string;
}

const keyType = "ssh-ed25519";
const seedBytes = 32;

/** A PKCS #8 ed25519 key is this constant prefix and the seed (RFC 8410). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

export function sshKeyFromSeed(seed: Uint8Array, comment: string): SshKey {
  if (seed.length !== seedBytes) throw new RangeError(`an ed25519 seed has ${seedBytes} bytes, not ${seed.length}`);
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" });
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  const publicBytes = Buffer.from(x ?? "", "base64url");
  const publicBlob = Buffer.concat([sshString(keyType), sshString(publicBytes)]);
  return {
    privateKeyOpenssh: openSshPrivateKey(seed, publicBytes, publicBlob, comment),
    privateKeyPem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    publicKey: `${keyType} ${publicBlob.toString("base64")} ${comment}`.trimEnd(),
  };
}

/** The unencrypted `openssh-key-v1` container, as OpenSSH's PROTOCOL.key lays it out. */
function openSshPrivateKey(seed: Uint8Array, publicBytes: Buffer, publicBlob: Buffer, comment: string): string {
  // Two equal check words tell a reader that decryption worked. OpenSSH draws them; here they must not vary.
  const check = createHash("sha256").update("vigil check word").update(publicBytes).digest().subarray(0, 4);
  const unpadded = Buffer.concat([
    check,
    check,
    sshString(keyType),
    sshString(publicBytes),
    sshString(Buffer.concat([seed, publicBytes])),
    sshString(comment),
  ]);
  const blockBytes = 8;
  const paddingBytes = (blockBytes - (unpadded.length % blockBytes)) % blockBytes;
  const padding = Uint8Array.from({ length: paddingBytes }, (_, index) => index + 1);
  const container = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    sshString("none"), // cipher
    sshString("none"), // key derivation
    sshString(""), // its options
    uint32(1), // number of keys
    sshString(publicBlob),
    sshString(Buffer.concat([unpadded, padding])),
  ]);
  const lines = container.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
