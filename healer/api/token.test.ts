import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { ensureToken } from "./token.ts";

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-token-"));
  path = join(dir, "token");
});

afterEach(() => rm(dir, { recursive: true }));

test("a token is made once, for its owner alone, and nothing else is left behind", async () => {
  const { token, isNew } = await ensureToken(path);
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(Buffer.from(token, "base64url").length, 32);
  assert.equal(isNew, true);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await readFile(path, "utf8"), `${token}\n`);
  assert.deepEqual(await readdir(dir), ["token"]);
  assert.deepEqual(await ensureToken(path), { token, isNew: false });
});

test("a token that others could read is made anew", async () => {
  const { token } = await ensureToken(path);
  await chmod(path, 0o644);
  const next = await ensureToken(path);
  assert.equal(next.isNew, true);
  assert.notEqual(next.token, token);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("what is no token is refused without showing it", async () => {
  await writeFile(path, "too-short-to-be-one", { mode: 0o600 });
  await assert.rejects(ensureToken(path), (error: Error) => {
    assert.match(error.message, /holds no token: remove it/);
    assert.doesNotMatch(error.message, /too-short/);
    return true;
  });
});
