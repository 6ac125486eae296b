import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isFrozen } from "./frozenProcess.ts";

test("a process that a signal has stopped is frozen until it goes on", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-frozen-"));
  const child = spawn("sleep", ["60"]);
  t.after(async () => {
    child.kill("SIGKILL");
    await rm(dir, { recursive: true });
  });
  await once(child, "spawn");
  await writeFile(join(dir, "web-1.pid"), `${child.pid}\n`);
  assert.equal(await isFrozen("web-1", dir), false);
  child.kill("SIGSTOP");
  await becomes(true);
  child.kill("SIGCONT");
  await becomes(false);
  assert.equal(await isFrozen("web-2", dir), false, "without a pid file it cannot be told");

  async function becomes(wanted: boolean): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if ((await isFrozen("web-1", dir)) === wanted) return;
      await sleep(10);
    }
    assert.fail(`it did not become ${wanted}`);
  }
});
