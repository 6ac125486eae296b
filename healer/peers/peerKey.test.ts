import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { sshKeyFromSeed } from "../../infra/sshKey.ts";
import { parsePeerKey, peerKeyOf } from "./peerKey.ts";

const made = sshKeyFromSeed(Buffer.alloc(32, 7), "somebody");

test("a key is the same in a certificate and in a file, with any comment", () => {
  const ofCertificate = peerKeyOf(createPublicKey(made.privateKeyPem));
  assert.ok(ofCertificate);
  assert.deepEqual(parsePeerKey(made.publicKey), ofCertificate);
  assert.deepEqual(parsePeerKey(`${ofCertificate.text} vigil@bk\n`), ofCertificate);
  assert.equal(made.publicKey, `${ofCertificate.text} somebody`);
});

test("a fingerprint is the one that ssh-keygen prints", () => {
  // echo "$KEY" | ssh-keygen -lf -
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
  assert.equal(parsePeerKey(key)?.fingerprint, "SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE");
});

test("what is no ed25519 key is none", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  assert.equal(peerKeyOf(rsa), undefined);
  const [, base64 = ""] = made.publicKey.split(" ");
  const wrong = [
    "",
    "ssh-rsa AAAA",
    `ssh-ed25519 ${base64.slice(0, -4)}`,
    `ssh-ed25519 ${base64}AAAA`,
    `ssh-ed25519 B${base64.slice(1)}`,
    `ssh-ed25519 ${base64}\n${base64}`,
    base64,
  ];
  for (const text of wrong) assert.equal(parsePeerKey(text), undefined, text);
});
