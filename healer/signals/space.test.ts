import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { Heard } from "./heard.ts";
import { watchSpace } from "./space.ts";

test("free space is told, and a folder that is not there is logged once and told as nothing", async (t) => {
  const heard = new Heard();
  const there = watchSpace({ poolDir: tmpdir(), stateDir: "/", intervalMs: 10, log: heard.log }, heard.emit);
  await heard.until(() => heard.events.length > 1);
  await there.close();
  assert.ok((heard.all("space")[0]?.poolFreeBytes ?? 0) > 0);

  const missing = new Heard();
  const settings = { poolDir: "/nonexistent", stateDir: "/", intervalMs: 10, log: missing.log };
  const signal = watchSpace(settings, missing.emit);
  t.after(() => signal.close());
  await missing.until(() => missing.logged.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(missing.events, []);
  assert.equal(missing.logged.length, 1);
});
