import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sshKeyFromSeed } from "./sshKey.ts";

/** The first test vector of RFC 8032, section 7.1. */
const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
const publicHex = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

const hasSshKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;

test("the public key is the one that the standard gives for the seed", () => {
  const [type, base64 = "", comment] = sshKeyFromSeed(seed, "vigil-bk").publicKey.split(" ");
  assert.deepEqual([type, comment], ["ssh-ed25519", "vigil-bk"]);
  assert.equal(Buffer.from(base64, "base64").subarray(-32).toString("hex"), publicHex);
});

test("the same seed gives the same text, another seed another key", () => {
  assert.deepEqual(sshKeyFromSeed(seed, "one"), sshKeyFromSeed(new Uint8Array(seed), "one"));
  assert.notEqual(sshKeyFromSeed(Buffer.alloc(32), "one").publicKey, sshKeyFromSeed(seed, "one").publicKey);
});

test("the PEM is the private half of the same key", () => {
  const { privateKeyPem } = sshKeyFromSeed(seed, "");
  const privateKey = createPrivateKey(privateKeyPem);
  assert.equal(
    createPublicKey(privateKey).export({ format: "jwk" }).x,
    Buffer.from(publicHex, "hex").toString("base64url"),
  );
  const message = Buffer.from("message");
  assert.ok(verify(null, message, createPublicKey(privateKey), sign(null, message, privateKey)));
});

test("OpenSSH reads the private key, whatever padding the comment's length asks for", { skip: !hasSshKeygen }, () => {
  const dir = mkdtempSync(join(tmpdir(), "vigil-key-"));
  try {
    for (let length = 0; length <= 8; length++) {
      const comment = "c".repeat(length);
      const { privateKeyOpenssh, publicKey } = sshKeyFromSeed(seed, comment);
      const path = join(dir, `key${length}`);
      writeFileSync(path, privateKeyOpenssh, { mode: 0o600 });
      assert.equal(execFileSync("ssh-keygen", ["-y", "-f", path], { encoding: "utf8" }).trim(), publicKey);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a seed of another length is a mistake of the caller", () => {
  assert.throws(() => sshKeyFromSeed(Buffer.alloc(31), "short"), /32 bytes, not 31/);
});
