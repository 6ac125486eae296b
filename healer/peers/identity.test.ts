import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { certificateOf } from "./certificate.ts";
import { ensureIdentity } from "./identity.ts";
import { peerKeyOf } from "./peerKey.ts";

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-identity-"));
  path = join(dir, "peer.key");
});

afterEach(() => rm(dir, { recursive: true }));

test("a key is made once, for its owner alone, and nothing else is left behind", async () => {
  const made = await ensureIdentity(path);
  assert.equal(made.isNew, true);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(dir), ["peer.key"]);
  assert.deepEqual(await ensureIdentity(path), { ...made, isNew: false });
});

test("those who make it at the same time end up with one", async () => {
  const [one, other] = await Promise.all([ensureIdentity(path), ensureIdentity(path)]);
  assert.equal(one.key.text, other.key.text);
  assert.deepEqual([one.isNew, other.isNew].sort(), [false, true]);
  assert.deepEqual(await readdir(dir), ["peer.key"]);
});

test("a key that others could read is refused and kept, with both ways out", async () => {
  const { key } = await ensureIdentity(path);
  await chmod(path, 0o640);
  await assert.rejects(
    ensureIdentity(path),
    /can be read by others, with mode 640: if nobody has, `chmod 600 .*remove it/,
  );
  await chmod(path, 0o600);
  assert.equal((await ensureIdentity(path)).key.text, key.text);
});

test("what is no ed25519 key is refused without showing it", async () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "pkcs8" });
  for (const text of ["nearly-a-key", other.toString()]) {
    await writeFile(path, text, { mode: 0o600 });
    await assert.rejects(ensureIdentity(path), (error: Error) => {
      assert.match(error.message, /holds no ed25519 private key/);
      assert.ok(!error.message.includes(text));
      return true;
    });
    assert.equal(await readFile(path, "utf8"), text);
  }
});

test("the certificate is the key's own, says nothing else, and does not end", async () => {
  const identity = await ensureIdentity(path);
  const certificate = new X509Certificate(certificateOf(identity));
  assert.equal(peerKeyOf(certificate.publicKey)?.text, identity.key.text);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.subject, "CN=vigil healer");
  assert.equal(certificate.validTo, "Dec 31 23:59:59 9999 GMT");
});
