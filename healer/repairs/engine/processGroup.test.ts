import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { groupOf, makeCgroup, markedWith, repairVariable } from "./processGroup.ts";

/** Once it had the time to be taken in, it forks away from parent, group and session, and one child drops the marker. */
const script =
  "sleep 0.3; setsid sleep 300 & setsid env -u VIGIL_REPAIR sleep 300 & sleep 0.3; echo started; exec sleep 300";

test("all that carries the marker is found and ended, wherever it went", async () => {
  const { pid, marker } = await start("setsid sleep 300 & sleep 0.3; echo started; exec sleep 300");
  const group = groupOf(marker, pid, undefined);
  assert.equal((await group.pids()).length, 2);
  await group.kill(5_000);
  assert.deepEqual(await group.pids(), []);
});

test("a control group finds what has dropped the marker, too", async (context) => {
  const cgroup = makeCgroup(`vigil-test-${process.pid}`);
  if (cgroup === undefined) return context.skip("no control group can be made here");
  const { pid, marker, started } = spawnMarked(script);
  const group = groupOf(marker, pid, cgroup);
  await started;
  assert.equal((await group.pids()).length, 3);
  await group.kill(5_000);
  assert.deepEqual(await group.pids(), []);
});

test("another repair's processes are none of this one's", async () => {
  const one = await start("echo started; exec sleep 300");
  const other = await start("echo started; exec sleep 300");
  await groupOf(one.marker, one.pid, undefined).kill(5_000);
  assert.deepEqual(await markedWith(other.marker), [other.pid]);
  await groupOf(other.marker, other.pid, undefined).kill(5_000);
});

async function start(command: string) {
  const { started, ...child } = spawnMarked(command);
  await started;
  return child;
}

function spawnMarked(command: string) {
  const marker = `test/${crypto.randomUUID()}`;
  const child = spawn("sh", ["-c", command], {
    env: { ...process.env, [repairVariable]: marker },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return { pid: child.pid ?? 0, marker, started: once(child.stdout, "data") };
}
