/** The public keys of the other hosts' healers, as a person on this host has said that they are: a file per peer. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "../../infra/configError.ts";
import { type PeerKey, parsePeerKey } from "./peerKey.ts";

/** The key of a peer; or why there is none, and what to do. */
export type Pin = { readonly key: PeerKey } | { readonly key?: undefined; readonly problem: string };

export function pinPath(dir: string, peer: string): string {
  return join(dir, `${peer}.pub`);
}

/** Never rejects: a host that cannot read a pin trusts nobody under that name, and says so. */
export async function readPin(dir: string, peer: string): Promise<Pin> {
  const path = pinPath(dir, peer);
  const remedy = `on ${peer} \`vigil peer key\` prints it, and here \`vigil peer trust ${peer} KEY\` writes it`;
  try {
    const text = await readFile(path, "utf8");
    const key = parsePeerKey(text);
    if (key !== undefined) return { key };
    return { problem: `${path} holds no ed25519 public key but ${describe(text.trim())}: ${remedy}` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { problem: `no key of it is pinned in ${path}: ${remedy}` };
    return { problem: `its key cannot be read: ${message}` };
  }
}

export interface Trust {
  readonly peer: string;
  readonly key: PeerKey;
  /** The hosts whose keys may be pinned here: all others of the site. */
  readonly peers: readonly string[];
  /** This host's own key, which is never a peer's. */
  readonly own: PeerKey;
}

/**
 * Pins a peer's key from now on, and resolves to the one that was pinned before. Rejects with a sentence, and changes
 * nothing, if the key is this host's own or another peer's: then the wrong line was copied.
 */
export async function trustPeer(dir: string, { peer, key, peers, own }: Trust): Promise<PeerKey | undefined> {
  if (key.text === own.text) {
    throw new Error(`${key.fingerprint} is the key of this host itself: \`vigil peer key\` has to be run on ${peer}.`);
  }
  for (const other of peers) {
    if (other === peer || (await readPin(dir, other)).key?.text !== key.text) continue;
    throw new Error(
      `${key.fingerprint} is pinned for ${other} already: \`vigil peer key\` has to be run on ${peer}; or remove ${pinPath(dir, other)} first.`,
    );
  }
  const before = (await readPin(dir, peer)).key;
  await writePin(dir, peer, key);
  return before;
}

/** A reader finds the old key or the new one, after a power cut too. */
async function writePin(dir: string, peer: string, key: PeerKey): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = pinPath(dir, peer);
  const file = await open(`${path}.new`, "w", 0o644);
  try {
    await file.writeFile(`${key.text} ${peer}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const folder = await open(dir, "r");
  await folder.sync().finally(() => folder.close());
}
