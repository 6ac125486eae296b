import assert from "node:assert/strict";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { align } from "./align.ts";
import { newWorkerUrns } from "./engine/slotUrns.ts";
import type { RepairPlace } from "./repairPlace.ts";

/** The one domain of libvirt's own driver for tests, which forgets what it was told with each command. */
const known = { slot: "test", uuid: "6695eb01-f6a4-8304-79aa-97f2502e193f" };
const stranger = { slot: "test", uuid: "00000000-0000-4000-8000-000000000000" };

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-align-"));
});

afterEach(() => rm(dir, { recursive: true }));

test("a domain and volumes that the state does not know are removed, but nothing that is somebody else's", async () => {
  for (const name of ["test-disk.qcow2", "other-disk.qcow2"]) await writeFile(join(dir, name), "x");
  const left = (what: string) => `${what} was left by an update that was cut short, and is removed.`;
  assert.deepEqual(await align(place(), [known], []), [left("the domain test"), left("test-disk.qcow2")]);
  await assert.rejects(access(join(dir, "test-disk.qcow2")));
  await access(join(dir, "other-disk.qcow2"));
  assert.deepEqual(await align(place(), [stranger], []), []);
});

test("what the state knows is kept, and gets a stub if it is gone", async () => {
  await writeFile(join(dir, "test-disk.qcow2"), "x");
  const urns = newWorkerUrns("bk", "test");
  const stubbed = "test-seed.img was gone, and a stub stands in for it until the update deletes it.";
  assert.deepEqual(await align(place(), [known], urns), [stubbed]);
  await access(join(dir, "test-disk.qcow2"));
  assert.equal((await align(place(), [{ ...stranger, slot: "web-3" }], newWorkerUrns("bk", "web-3"))).length, 3);
});

function place(): RepairPlace {
  return {
    ...{ poolDir: dir, imageDir: dir, stateDir: dir, runDir: dir, netDir: dir },
    ...{ libvirtUri: "test:///default", bridge: "br0", pool: "default-pool", loginPrivateKey: "", slots: [] },
  };
}
