import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { identify, isAlive, killAll, signal } from "./processes.ts";

test("a process is known by its pid and start together", async () => {
  const child = spawn("sleep", ["60"]);
  const id = await identify(child.pid ?? 0);
  assert.ok(id !== undefined && (await isAlive(id)));
  const recycled = { ...id, startTicks: id.startTicks - 1 };
  assert.equal(await isAlive(recycled), false);
  assert.equal(await signal(recycled, "SIGKILL"), false);
  assert.ok(await isAlive(id), "a signal for a process of the past hit the one that has its pid now");
  assert.equal(await signal(id, "SIGKILL"), true);
  await once(child, "exit");
  assert.equal(await isAlive(id), false);
});

test("killing goes on until nothing is found, and says what is left when its time is over", async () => {
  const rounds = [[], [], []];
  assert.deepEqual(await killAll(async () => rounds.pop() ?? []), []);
  const stubborn = { pid: process.pid, startTicks: 0 };
  assert.deepEqual(await killAll(async () => [stubborn], 30), [stubborn]);
});
