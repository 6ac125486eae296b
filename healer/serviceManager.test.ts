import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ServiceManager } from "./serviceManager.ts";

/** A `systemd-notify` that writes down what it was to tell, and whom. */
async function fakeNotify(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), "vigil-notify-"));
  t.after(() => rm(dir, { recursive: true }));
  const toldPath = join(dir, "told");
  await writeFile(toldPath, "");
  await writeFile(join(dir, "systemd-notify"), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >>${toldPath}\n`);
  await chmod(join(dir, "systemd-notify"), 0o755);
  const env: NodeJS.ProcessEnv = {
    PATH: `${dir}:${process.env.PATH}`,
    NOTIFY_SOCKET: "@here",
    WATCHDOG_USEC: "3000000",
  };
  return { dir, env, told: async () => (await readFile(toldPath, "utf8")).split("\n").filter(Boolean) };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!(await condition())) {
    assert.ok(performance.now() < deadlineMs, "it does not come");
    await sleep(20);
  }
}

const warnings: object[] = [];
const log = { warn: (what: object) => void warnings.push(what) };

test("it tells when the healer listens and when it ends, and keeps the socket from what the healer starts", async (t) => {
  const { env, told } = await fakeNotify(t);
  const manager = new ServiceManager(env, log);
  await manager.ready("watching web-1");
  await manager.stopping();
  assert.deepEqual(await told(), ["@here READY=1 STATUS=watching web-1", "@here STOPPING=1"]);
  assert.deepEqual(Object.keys(env), ["PATH"]);
});

test("signs of life go out three times per term while the healer gets on, and not at all while it does not", async (t) => {
  const { env, told } = await fakeNotify(t);
  const manager = new ServiceManager(env, log);
  const beginMs = 50_000;
  for (let sinceMs = 0; sinceMs < 3_000; sinceMs += 100) manager.gotOn(beginMs + sinceMs, () => "all well");
  await until(async () => (await told()).length === 3);
  assert.deepEqual(new Set(await told()), new Set(["@here WATCHDOG=1 STATUS=all well"]));
  manager.gotOn(beginMs + 60_000, () => "all well");
  await until(async () => (await told()).length === 4);
});

test("nothing is told where nobody wants to hear it", async (t) => {
  const { env, told } = await fakeNotify(t);
  const { NOTIFY_SOCKET: _, ...alone } = env;
  const manager = new ServiceManager(alone, log);
  await manager.ready("watching");
  const { WATCHDOG_USEC: __, ...unwatched } = env;
  new ServiceManager(unwatched, log).gotOn(0, () => assert.fail("a status was asked for"));
  await sleep(50);
  assert.deepEqual(await told(), []);
});

test("a service manager that cannot be told is a warning and nothing else", async (t) => {
  const { dir, env } = await fakeNotify(t);
  await rm(join(dir, "systemd-notify"));
  await new ServiceManager({ ...env, PATH: dir }, log).ready("watching");
  assert.match(JSON.stringify(warnings.at(-1)), /ENOENT/);
});
