import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { stub } from "./stub.ts";

let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-stub-"));
  for (const name of ["test-disk.qcow2", "test-seed.img"]) await writeFile(join(dir, name), "x");
});

after(() => rm(dir, { recursive: true }));

test("nothing is put in the place of what is there", async () => {
  assert.deepEqual(await stub(place(), slot("test")), { notes: [], seedLost: false });
});

test("a domain and volumes that are gone get stubs, and the loss of the seed is passed on", async () => {
  const { notes, seedLost } = await stub(place(), slot("web-1"));
  assert.equal(seedLost, true);
  assert.deepEqual(
    notes,
    ["domain", "disk", "seed"].map(
      (what) => `the ${what} of web-1 was gone; a stub stands in for it until the update deletes it.`,
    ),
  );
});

test("a hypervisor that does not answer is not an absent domain", async () => {
  const gone = { ...place(), libvirtUri: "qemu+unix:///system?socket=/nonexistent" };
  await assert.rejects(stub(gone, slot("test")), /libvirt does not say how test is/);
});

function slot(name: string): RepairSlot {
  const uuid = crypto.randomUUID();
  return { slot: name, role: "worker", address: "127.0.0.1", uuid, hostKey: "", image: "", memoryMib: 1 };
}

/** libvirt's own driver for tests has one domain, and forgets what it was told with each command. */
function place(): RepairPlace {
  const dirs = { poolDir: dir, imageDir: dir, stateDir: dir, runDir: dir };
  return {
    ...dirs,
    libvirtUri: "test:///default",
    bridge: "br0",
    netDir: tmpdir(),
    pool: "default-pool",
    loginPrivateKey: "",
    slots: [],
  };
}
