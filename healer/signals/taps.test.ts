import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isAttached, readTaps } from "./taps.ts";

test("a tap is found by its guest's address, on the bridge, on another one, or on none", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-taps-"));
  t.after(() => rm(dir, { recursive: true }));
  const devices = {
    br0: "32:8d:94:fb:cb:0f",
    vnet0: "fe:54:00:a8:0a:0a",
    vnet1: "fe:54:00:a8:0a:0b",
    vnet2: "fe:54:00:a8:0a:10",
  };
  for (const [device, address] of Object.entries(devices)) {
    await mkdir(join(dir, device));
    await writeFile(join(dir, device, "address"), `${address}\n`);
  }
  await symlink("../br0", join(dir, "vnet0", "master"));
  await symlink("../virbr0", join(dir, "vnet1", "master"));
  const taps = await readTaps("br0", dir);
  assert.equal(isAttached(taps, "52:54:00:A8:0A:0A"), true);
  assert.equal(isAttached(taps, "52:54:00:a8:0a:0b"), false);
  assert.equal(isAttached(taps, "52:54:00:a8:0a:10"), false);
  assert.equal(isAttached(taps, "52:54:00:a8:0a:11"), undefined);
});
