import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { parseConfig } from "../../../infra/config.ts";
import { exampleConfig } from "../../../test/support/exampleConfig.ts";
import { RepairError } from "../repairError.ts";
import { stackPaths } from "./backend.ts";
import { Engine } from "./engine.ts";
import { markedWith } from "./processGroup.ts";
import type { EngineJob } from "./protocol.ts";

const replace = async (): Promise<EngineJob> => ({ kind: "replace", slots: [] });

let dir: string;
let notes: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-engine-"));
  notes = [];
  await writeState(goodState());
});

afterEach(async () => {
  assert.deepEqual(await ownProcesses(), [], "no process of a repair may be left");
  await rm(dir, { recursive: true });
});

test("a job that is done leaves no process, and the next one finds another engine", async () => {
  const engine = start("well");
  engine.warm();
  assert.deepEqual(await engine.run("replace", replace, 5_000), { ok: true, tookMs: 5 });
  assert.deepEqual(await engine.run("replace", replace, 5_000), { ok: true, tookMs: 5 });
});

test("jobs never overlap", async () => {
  const engine = start("well");
  let running = 0;
  const prepare = async () => {
    running += 1;
    assert.equal(running, 1);
    return replace();
  };
  const ended = () => (running -= 1);
  await Promise.all([1, 2, 3].map(() => engine.run("replace", prepare, 5_000).then(ended)));
});

test("an engine that ignores everything is killed at the deadline with all that it started", async () => {
  // Long enough for it to have begun to ignore, also on a busy machine.
  const outcome = await start("ignores").run("replace", replace, 2_000);
  assert.deepEqual(outcome, {
    ok: false,
    code: "deadline",
    reason: "the update was killed: it took longer than 2000 ms.",
  });
});

test("an engine that stops when asked is not killed", async () => {
  const outcome = await start("polite").run("replace", replace, 2_000);
  assert.match(outcome.ok ? "" : outcome.reason, /^the update was stopped/);
});

test("an engine that dies is a failure with a sentence", async () => {
  const outcome = await start("dies").run("replace", replace, 5_000);
  assert.deepEqual(outcome, { ok: false, code: "failed", reason: "the engine died: it ended with SIGKILL." });
});

test("one that cannot load says why", async () => {
  const outcome = await start("broken").run("replace", replace, 5_000);
  assert.match(outcome.ok ? "" : outcome.reason, /the program cannot be loaded/);
});

test("a repair does not wait for a drift check", async () => {
  const engine = start("ignores");
  const check = engine.run("drift", async () => ({ kind: "drift" }), 60_000);
  await new Promise((done) => setTimeout(done, 300));
  const repair = engine.run("replace", replace, 300);
  assert.deepEqual(await check, { ok: false, code: "failed", reason: "a repair came first." });
  assert.equal((await repair).ok, false);
});

test("what an earlier healer left running is ended, and another backend's repair is not", async () => {
  const earlier = start("ignores");
  earlier.warm();
  void earlier.run("replace", replace, 60_000);
  await new Promise((done) => setTimeout(done, 500));
  const elsewhere = await mkdtemp(join(tmpdir(), "vigil-engine-"));
  await writeState(goodState(), elsewhere);
  await start("well", elsewhere).recover(0);
  assert.notEqual((await ownProcesses()).length, 0);
  await rm(elsewhere, { recursive: true });
  const beganMs = performance.now();
  await start("well").recover(60_000);
  assert.ok(performance.now() - beganMs < 30_000, "it waited for what holds nothing");
  assert.match(notes.join(), /an earlier healer left \d process\(es\) of a repair; \d had to be killed\./);
});

test("what holds the stack is given its time", async () => {
  const earlier = start("ignores");
  void earlier.run("replace", replace, 60_000);
  await new Promise((done) => setTimeout(done, 500));
  await writeForeignLock();
  const beganMs = performance.now();
  await start("well").recover(1_000);
  assert.ok(performance.now() - beganMs >= 1_000, "it did not wait");
});

test("a stack that somebody holds is left alone, and nothing is prepared", async () => {
  await writeForeignLock();
  const outcome = await start("well").run("replace", () => assert.fail(), 5_000);
  const reason = "the stack is held by process 1 of ann since 2026-01-01T00:00:00.000Z.";
  assert.deepEqual(outcome, { ok: false, code: "locked", reason });
});

test("what the preparation refuses is the outcome", async () => {
  const prepare = () => Promise.reject(new RepairError("preflight", "no space."));
  const outcome = await start("well").run("replace", prepare, 5_000);
  assert.deepEqual(outcome, { ok: false, code: "preflight", reason: "no space." });
});

test("a truncated state is recovered from the copy that the engine keeps, and that is said", async () => {
  const { state, previous } = stackPaths(dir, "bk");
  const good = goodState();
  await writeFile(previous, good);
  await writeFile(state, good.slice(0, 100));
  assert.equal((await start("well").run("replace", replace, 5_000)).ok, true);
  assert.equal(await readFile(state, "utf8"), good);
  assert.deepEqual(notes, [`the state ${state} is truncated. It was recovered from ${previous}.`]);
});

test("without a good copy nothing is started", async () => {
  await writeState("{");
  const outcome = await start("well").run("replace", () => assert.fail(), 5_000);
  assert.match(outcome.ok ? "" : outcome.reason, /There is no good copy of it\.$/);
});

async function writeForeignLock(): Promise<void> {
  const { locks } = stackPaths(dir, "bk");
  await mkdir(locks, { recursive: true });
  const lock = { pid: 1, username: "ann", hostname: `not-${hostname()}`, timestamp: "2026-01-01T00:00:00Z" };
  await writeFile(join(locks, "x.json"), JSON.stringify(lock));
}

function start(behaviour: string, backendDir = dir): Engine {
  return new Engine({
    stack: "bk",
    workDir: join(dir, "work"),
    backendDir,
    env: { PATH: process.env.PATH, FAKE_ENGINE: behaviour },
    graceMs: 200,
    onNote: (sentence) => notes.push(sentence),
    childPath: join(import.meta.dirname, "fakeEngine.ts"),
  });
}

/** What repairs of this backend have started: a lab on the same machine has repairs of its own. */
async function ownProcesses(): Promise<number[]> {
  const { dev, ino } = await stat(dir);
  return markedWith(`${dev}-${ino}/`);
}

async function writeState(text: string, backendDir = dir): Promise<void> {
  const { state } = stackPaths(backendDir, "bk");
  await mkdir(dirname(state), { recursive: true });
  await writeFile(state, text);
}

function goodState(): string {
  const applied = {
    config: parseConfig(exampleConfig(), "bk"),
    desired: { version: 1 },
    programDigest: "0".repeat(64),
  };
  const root = {
    urn: "urn:pulumi:bk::vigil::pulumi:pulumi:Stack::vigil-bk",
    type: "pulumi:pulumi:Stack",
    outputs: { applied },
  };
  const latest = { secrets_providers: { type: "passphrase", state: { salt: "v1:x" } }, resources: [root] };
  return JSON.stringify({ version: 3, checkpoint: { latest } });
}
