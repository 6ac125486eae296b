/** Who a healer is to its peers: an ed25519 key that is made once. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type PeerKey, peerKeyOf } from "./peerKey.ts";

export interface Identity {
  readonly key: PeerKey;
  /** PEM. */
  readonly privateKey: string;
  /** Whether it was made now. */
  readonly isNew: boolean;
}

/** Anybody but the owner. */
const others = 0o077;

/**
 * The key of this host's healer. It is made if it is not there. One that others could read is not made anew, as a token
 * would be: every peer has to be told of another key, so a person has to know. Rejects, naming the file and never its
 * content, if what is there is no such key.
 */
export async function ensureIdentity(path: string): Promise<Identity> {
  const found = await readIdentity(path);
  if (found !== undefined) return { ...found, isNew: false };
  const { privateKey } = generateKeyPairSync("ed25519");
  const isNew = await createFile(path, privateKey.export({ format: "pem", type: "pkcs8" }).toString());
  // `vigil peer key` may have been faster, or the healer: then theirs is the one.
  const made = await readIdentity(path);
  if (made === undefined) throw new Error(`${path} was removed while it was made: try again.`);
  return { ...made, isNew };
}

async function readIdentity(path: string): Promise<Omit<Identity, "isNew"> | undefined> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const mode = (await file.stat()).mode & 0o777;
    if ((mode & others) !== 0) throw new Error(readable(path, mode));
    return parseIdentity(path, await file.readFile("utf8"));
  } finally {
    await file.close();
  }
}

function readable(path: string, mode: number): string {
  return `${path} can be read by others, with mode ${mode.toString(8)}: if nobody has, \`chmod 600 ${path}\`; if somebody may have, remove it, and tell all peers the new key that is then made.`;
}

function parseIdentity(path: string, privateKey: string): Omit<Identity, "isNew"> {
  const key = publicKeyOf(privateKey);
  if (key !== undefined) return { key, privateKey };
  throw new Error(
    `${path} holds no ed25519 private key in PEM form: restore it, or remove it and tell all peers the new key that is then made.`,
  );
}

function publicKeyOf(privateKey: string): PeerKey | undefined {
  try {
    return peerKeyOf(createPublicKey(createPrivateKey(privateKey)));
  } catch {
    return undefined;
  }
}

/** Resolves to false if somebody else has made it meanwhile. Nobody ever finds half of it, after a power cut either. */
async function createFile(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    return await link(draft, path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return false;
        throw error;
      },
    );
  } finally {
    await rm(draft);
    const folder = await open(dirname(path), "r");
    await folder.sync().finally(() => folder.close());
  }
}
