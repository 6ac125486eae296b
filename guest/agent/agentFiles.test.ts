import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, type TestContext, test } from "node:test";
import { ManagedFiles } from "./managedFiles.ts";
import { readVrrpState } from "./vrrpState.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
let folder: string;

beforeEach((context) => {
  folder = mkdtempSync(join(tmpdir(), "vigil-agent-"));
  (context as TestContext).after?.(() => rmSync(folder, { recursive: true }));
});

test("the digests are those of sha256sum, and follow a change by any hand", async () => {
  const list = join(folder, "managed.json");
  const conf = join(folder, "nginx.conf");
  const listText = JSON.stringify({ version: 1, files: [list, conf] });
  writeFileSync(list, listText);
  writeFileSync(conf, "user nginx;\n");
  const files = new ManagedFiles(list);
  await files.refresh();
  assert.deepEqual(files.digests, { [list]: sha256(listText), [conf]: sha256("user nginx;\n") });
  assert.equal(files.digest, sha256(`${sha256(listText)}  ${list}\n${sha256("user nginx;\n")}  ${conf}\n`));

  const before = files.digest;
  writeFileSync(conf, "user other;\n");
  await files.refresh();
  assert.notEqual(files.digest, before);
  rmSync(conf);
  await files.refresh();
  assert.equal(files.digests[conf], "missing");
});

test("before the program has pushed anything there is nothing to report", async () => {
  const files = new ManagedFiles(join(folder, "managed.json"));
  await files.refresh();
  assert.deepEqual(files.digests, {});
});

test("a list that is not as agreed is refused by name", async () => {
  const list = join(folder, "managed.json");
  writeFileSync(list, '{"version":2,"files":["relative"]}');
  await assert.rejects(new ManagedFiles(list).refresh(), /managed\.json is not as agreed: version: .*files\.0: /);
});

test("a list that was spoiled or gone for a while is followed again", async () => {
  const list = join(folder, "managed.json");
  const text = JSON.stringify({ version: 1, files: [list] });
  writeFileSync(list, text);
  const files = new ManagedFiles(list);
  await files.refresh();
  const before = files.digest;
  writeFileSync(list, "spoiled");
  for (const _ of [1, 2]) await assert.rejects(files.refresh(), /managed\.json is not JSON/);
  writeFileSync(list, text);
  await files.refresh();
  assert.equal(files.digest, before);
  rmSync(list);
  await files.refresh();
  assert.deepEqual(files.digests, {});
  writeFileSync(list, text);
  await files.refresh();
  assert.equal(files.digest, before);
});

test("the VRRP state is what keepalived's reader wrote, NONE before that, and STOP without a keepalived", () => {
  const state = join(folder, "vrrp-state");
  const pid = join(folder, "keepalived.pid");
  assert.deepEqual(readVrrpState(state, pid), { state: "NONE" });
  writeFileSync(state, "MASTER 2026-01-02T03:04:05Z\n");
  assert.deepEqual(readVrrpState(state, pid), { state: "STOP" });
  // The pid of this test, which is no keepalived: what a pid file that was left behind may come to mean.
  writeFileSync(pid, `${process.pid}\n`);
  assert.deepEqual(readVrrpState(state, pid), { state: "STOP" });
});

test("a running keepalived is known by its name", async (context) => {
  const state = join(folder, "vrrp-state");
  const pid = join(folder, "keepalived.pid");
  copyFileSync("/bin/sleep", join(folder, "keepalived"));
  const child = spawn(join(folder, "keepalived"), ["10"]);
  context.after(() => child.kill());
  await once(child, "spawn");
  writeFileSync(pid, `${child.pid}\n`);
  writeFileSync(state, "MASTER 2026-01-02T03:04:05Z\n");
  assert.deepEqual(readVrrpState(state, pid), { state: "MASTER", since: "2026-01-02T03:04:05Z" });
  writeFileSync(state, "garbage\n");
  assert.deepEqual(readVrrpState(state, pid), { state: "NONE" });
});
