import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { sshKeyFromSeed } from "../../infra/sshKey.ts";
import { type PeerKey, parsePeerKey } from "./peerKey.ts";
import { readPin, trustPeer } from "./pins.ts";

let dir: string;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), "vigil-pins-")), "peers");
});

afterEach(() => rm(join(dir, ".."), { recursive: true }));

function key(seed: number): PeerKey {
  const made = parsePeerKey(sshKeyFromSeed(Buffer.alloc(32, seed), "").publicKey);
  assert.ok(made);
  return made;
}

const own = key(1);
const mb = key(2);
const cc = key(3);
const peers = ["bk", "cc", "mb"];

test("a key that is pinned is read back; another one takes its place, and says which it was", async () => {
  assert.equal(await trustPeer(dir, { peer: "mb", key: mb, peers, own }), undefined);
  assert.deepEqual(await readPin(dir, "mb"), { key: mb });
  assert.equal(await readFile(join(dir, "mb.pub"), "utf8"), `${mb.text} mb\n`);
  assert.deepEqual(await trustPeer(dir, { peer: "mb", key: cc, peers, own }), mb);
  assert.deepEqual(await readPin(dir, "mb"), { key: cc });
  assert.deepEqual(await readdir(dir), ["mb.pub"]);
});

test("a line that was copied on the wrong host is refused, and nothing changes", async () => {
  await assert.rejects(
    trustPeer(dir, { peer: "mb", key: own, peers, own }),
    /^Error: SHA256:\S+ is the key of this host itself: `vigil peer key` has to be run on mb\.$/,
  );
  await trustPeer(dir, { peer: "mb", key: mb, peers, own });
  await assert.rejects(trustPeer(dir, { peer: "cc", key: mb, peers, own }), /is pinned for mb already: .* run on cc/);
  assert.deepEqual(await readdir(dir), ["mb.pub"]);
});

test("a key that is missing or none is named with its file, what was found and what to do", async () => {
  const missing = await readPin(dir, "mb");
  assert.match(
    "problem" in missing ? missing.problem : "",
    /no key of it is pinned in .*peers\/mb\.pub: on mb `vigil peer key`/,
  );
  await mkdir(dir);
  await writeFile(join(dir, "mb.pub"), "ssh-rsa AAAA mb\n");
  const wrong = await readPin(dir, "mb");
  assert.match(
    "problem" in wrong ? wrong.problem : "",
    /mb\.pub holds no ed25519 public key but "ssh-rsa AAAA mb": .*`vigil peer trust mb KEY` writes it/,
  );
});
