import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isProcessor, ProcessorWaits, waitedMsIn } from "./processorWaits.ts";

test("a process without processors of a guest, or without a pid file, tells nothing", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-waits-"));
  t.after(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, "web-1.pid"), `${process.pid}\n`);
  const waits = new ProcessorWaits(dir);
  assert.equal(await waits.share("web-1"), undefined);
  assert.equal(await waits.share("web-2"), undefined);
});

test("the share is that of the time between two readings of one process", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-waits-"));
  const name = "CPU 0/TCG";
  // Node names its main thread by its title, and this one has nothing to do.
  const idle = spawn(process.execPath, ["-e", `process.title = "${name}"; setInterval(() => {}, 1000)`]);
  t.after(async () => {
    idle.kill("SIGKILL");
    await rm(dir, { recursive: true });
  });
  await once(idle, "spawn");
  while ((await readFile(`/proc/${idle.pid}/comm`, "utf8")).trim() !== name) await sleep(20);
  await writeFile(join(dir, "web-1.pid"), `${idle.pid}\n`);
  const waits = new ProcessorWaits(dir);
  assert.equal(await waits.share("web-1"), undefined, "nothing to compare with");
  assert.equal(await waits.share("web-1"), undefined, "too soon");
  await sleep(600);
  const share = await waits.share("web-1");
  assert.ok(share !== undefined && share >= 0 && share <= 0.6, `${share}`);
});

test("the threads of processors are known by their names, and their waits by the second number", () => {
  assert.ok(isProcessor("CPU 0/KVM\n") && isProcessor("CPU 12/TCG\n"));
  assert.ok(!isProcessor("qemu-system-x86\n") && !isProcessor("IO mon_iothread\n"));
  assert.equal(waitedMsIn("74690000000 345269862092 120\n"), 345_269.862092);
});
