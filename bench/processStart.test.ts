import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { identify } from "../lab/processes.ts";
import { processStartMs } from "./processStart.ts";
import { nowMs } from "./requestRecord.ts";

test("a process was started when it was, however much later it is asked", async () => {
  const beforeMs = nowMs();
  const child = spawn("sleep", ["30"], { stdio: "ignore" });
  await once(child, "spawn");
  const afterMs = nowMs();
  try {
    await sleep(300);
    const id = await identify(child.pid ?? 0);
    assert.ok(id);
    const startMs = await processStartMs(id);
    assert.ok(startMs > beforeMs - 50 && startMs < afterMs + 50, `${startMs} of ${beforeMs} to ${afterMs}`);
  } finally {
    child.kill();
  }
});
