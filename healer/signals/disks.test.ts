import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Disks } from "./disks.ts";

test("a disk is gone while its file is, and a file system in trouble is no lost disk", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-disks-"));
  t.after(() => rm(dir, { recursive: true }));
  const [one, two] = [join(dir, "one.qcow2"), join(dir, "two.qcow2")];
  await writeFile(one, "");
  // A path through a file answers ENOTDIR: it cannot be told what is there.
  const disks = new Disks(new Map(Object.entries({ "web-1": one, "web-2": two, "lb-1": join(one, "three.qcow2") })));
  assert.deepEqual([...(await disks.gone())], ["web-2"]);
  await writeFile(two, "");
  await rm(one);
  assert.deepEqual([...(await disks.gone())].sort(), ["lb-1", "web-1"]);
});
