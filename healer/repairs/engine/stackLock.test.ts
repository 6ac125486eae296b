import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { clearDeadLocks } from "./stackLock.ts";

let dir: string;
let locks: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-lock-"));
  locks = join(dir, "locks");
  await mkdir(locks);
});

afterEach(async () => {
  child?.kill("SIGKILL");
  child = undefined;
  await rm(dir, { recursive: true });
});

test("a stack that was never locked has no folder of locks", async () => {
  assert.deepEqual(await clearDeadLocks(join(dir, "none"), dir), { removed: [] });
});

test("a half-written lock is dead", async () => {
  await writeFile(join(locks, "a.json"), '{"pid":12');
  await expectRemoved("removed a lock of the stack: its file is unreadable.");
});

test("a lock of a process that has ended is dead", async () => {
  const pid = await startPulumi();
  child?.kill("SIGKILL");
  if (child !== undefined) await once(child, "exit");
  await lock({ pid });
  await expectRemoved(`removed a lock of the stack: process ${pid} does not exist any more.`);
});

test("a lock whose number another program has now is dead", async () => {
  await lock({ pid: process.pid });
  await expectRemoved(`removed a lock of the stack: process ${process.pid} is another program now.`);
});

test("a lock older than this boot is dead, though a pulumi has its number now", async () => {
  await lock({ pid: await startPulumi(), timestamp: "2001-01-01T00:00:00Z" });
  await expectRemoved("removed a lock of the stack: it is older than this boot.");
});

test("a lock older than its process is dead", async () => {
  const pid = await startPulumi();
  await lock({ pid, timestamp: new Date(Date.now() - 10_000).toISOString() });
  await expectRemoved(`removed a lock of the stack: process ${pid} is younger than the lock.`);
});

test("a live lock is never removed", async () => {
  const pid = await startPulumi();
  const timestamp = new Date().toISOString();
  await lock({ pid, timestamp });
  assert.deepEqual(await clearDeadLocks(locks, dir), {
    removed: [],
    holder: `process ${pid} of root since ${timestamp}`,
  });
  assert.deepEqual((await readdir(locks)).sort(), ["a.json", "a.json.attrs"]);
});

test("a pulumi that works on this backend holds its lock whatever the clock says", async () => {
  const pid = await startPulumi({ PULUMI_BACKEND_URL: `file://${dir}` });
  await lock({ pid, timestamp: "2001-01-01T00:00:00Z" });
  assert.match((await clearDeadLocks(locks, dir)).holder ?? "", /since 2001/);
});

test("nothing is known of another machine's process", async () => {
  await lock({ pid: 999_999, hostname: "elsewhere" });
  assert.match((await clearDeadLocks(locks, dir)).holder ?? "", /process 999999/);
});

async function expectRemoved(sentence: string): Promise<void> {
  assert.deepEqual(await clearDeadLocks(locks, dir), { removed: [sentence] });
  assert.deepEqual(await readdir(locks), []);
}

async function lock(fields: object): Promise<void> {
  const base = { username: "root", hostname: hostname(), timestamp: new Date().toISOString() };
  await writeFile(join(locks, "a.json"), JSON.stringify({ ...base, ...fields }));
  await writeFile(join(locks, "a.json.attrs"), '{"user.content_type":"application/json"}');
}

/** A real process whose executable is called pulumi. */
async function startPulumi(env: Record<string, string> = {}): Promise<number> {
  const path = join(dir, "pulumi");
  await copyFile("/bin/sleep", path);
  child = spawn(path, ["60"], { env, stdio: "ignore" });
  await once(child, "spawn");
  return child.pid ?? 0;
}
