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

test("a domain and volumes that are not known are removed, but nothing that is somebody else's", async () => {
  for (const name of ["test-disk.qcow2", "other-disk.qcow2"]) await writeFile(join(dir, name), "x");
  const left = (what: string) => `${what} was left by an update that was cut short, and is removed.`;
  const { notes } = await align(place(), [known], nothing, mayRemove);
  assert.deepEqual(notes, [left("the domain test"), left("test-disk.qcow2")]);
  await assert.rejects(access(join(dir, "test-disk.qcow2")));
  await access(join(dir, "other-disk.qcow2"));
  assert.deepEqual((await align(place(), [stranger], nothing, mayRemove)).notes, []);
});

test("what is known is kept; a domain that is gone gets a stub, and a volume nothing", async () => {
  for (const name of ["test-disk.qcow2", "test-seed.img"]) await writeFile(join(dir, name), "x");
  const { notes, seedsLost } = await align(place(), [known], all("test"), mayRemove);
  assert.deepEqual([notes, seedsLost], [[], []]);
  await access(join(dir, "test-disk.qcow2"));
  assert.deepEqual(await align(place(), [{ ...stranger, slot: "web-3" }], all("web-3"), mayRemove), {
    notes: ["the domain web-3 was gone, and a stub stands in for it until the update deletes it."],
    seedsLost: ["web-3"],
  });
});

test("a seed that was deleted and half made again is removed, and lost", async () => {
  for (const name of ["test-disk.qcow2", "test-seed.img"]) await writeFile(join(dir, name), "x");
  const { domains, volumes } = all("test");
  const disk = volumes.filter((urn) => urn.endsWith("-disk"));
  const { seedsLost } = await align(place(), [known], { domains, volumes: disk }, mayRemove);
  assert.deepEqual(seedsLost, ["test"]);
  await assert.rejects(access(join(dir, "test-seed.img")));
});

test("nothing is removed that nobody could make again", async () => {
  await writeFile(join(dir, "test-disk.qcow2"), "x");
  await assert.rejects(
    align(place(), [known], nothing, () => "another release is deployed."),
    /^RepairError: another release is deployed/,
  );
  await access(join(dir, "test-disk.qcow2"));
});

test("a hypervisor that does not answer is not an absent domain", async () => {
  const gone = { ...place(), libvirtUri: "qemu+unix:///system?socket=/nonexistent" };
  await assert.rejects(align(gone, [known], all("test"), mayRemove));
});

const nothing = { domains: [], volumes: [] };

function all(slot: string) {
  const urns = newWorkerUrns("bk", slot);
  return { domains: urns, volumes: urns };
}

function mayRemove(): undefined {}

function place(): RepairPlace {
  return {
    ...{ poolDir: dir, imageDir: dir, stateDir: dir, runDir: dir, netDir: dir },
    ...{ libvirtUri: "test:///default", bridge: "br0", pool: "default-pool", loginPrivateKey: "", slots: [] },
  };
}
