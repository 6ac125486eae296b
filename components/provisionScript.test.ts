import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type Finished, runAny } from "../host/run.ts";
import { provisionScript, runsItsInput } from "./provisionScript.ts";

let dir: string;
let path: string;
let calls: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-provision-"));
  path = join(dir, "etc", "nginx.conf");
  calls = join(dir, "calls");
  for (const folder of ["bin", "staging"]) await mkdir(join(dir, folder));
  // Stands in for the guest's own: the service runs.
  await writeFile(join(dir, "bin", "rc-service"), `#!/bin/sh\necho "$*" >>${calls}\n`, { mode: 0o755 });
  await writeFile(calls, "");
});

afterEach(() => rm(dir, { recursive: true }));

test("what passes its check replaces the old file, and the service reads it", async () => {
  await provide("old");
  const { code, stdout } = await provision("good");
  assert.equal(code, 0);
  assert.equal(stdout, `nginx: ${path}\n`);
  assert.equal(await readFile(path, "utf8"), "good");
  assert.equal((await stat(path)).mode & 0o777, 0o644);
  assert.equal(await readFile(calls, "utf8"), "nginx status\nnginx reload\n");
  await nothingLeft();
});

test("what fails its check replaces nothing, and no service is told", async () => {
  await provide("old");
  const { code } = await provision("bad");
  assert.notEqual(code, 0);
  assert.equal(await readFile(path, "utf8"), "old");
  assert.equal(await readFile(calls, "utf8"), "");
  await nothingLeft();
});

test("what is there already is left alone", async () => {
  await provision("good");
  const { mtimeMs } = await stat(path);
  await writeFile(calls, "");
  assert.equal((await provision("good")).stdout, "nginx: unchanged\n");
  assert.equal((await stat(path)).mtimeMs, mtimeMs);
  assert.equal(await readFile(calls, "utf8"), "nginx status\n");
});

async function provide(content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** As in a guest: the shell reads the script as its input. */
function provision(content: string): Promise<Finished> {
  const check = `grep -q good @STAGED@${path}`;
  const script = provisionScript({ files: [{ path, mode: "0644", content }], service: "nginx", check });
  const env = { PATH: `${join(dir, "bin")}:${process.env.PATH}`, TMPDIR: join(dir, "staging") };
  return runAny([runsItsInput], { env, input: script });
}

async function nothingLeft(): Promise<void> {
  assert.deepEqual(await readdir(dirname(path)), ["nginx.conf"]);
  assert.deepEqual(await readdir(join(dir, "staging")), []);
}
