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
  const { notes } = await align(place(), [known], []);
  assert.deepEqual(notes, [left("the domain test"), left("test-disk.qcow2")]);
  await assert.rejects(access(join(dir, "test-disk.qcow2")));
  await access(join(dir, "other-disk.qcow2"));
  assert.deepEqual(await align(place(), [stranger], []), { notes: [], seedsLost: [] });
});

test("what the state knows is kept, and gets a stub if it is gone", async () => {
  await writeFile(join(dir, "test-disk.qcow2"), "x");
  const stubbed = (what: string) => `${what} was gone, and a stub stands in for it until the update deletes it.`;
  assert.deepEqual(await align(place(), [known], newWorkerUrns("bk", "test")), {
    notes: [stubbed("test-seed.img")],
    seedsLost: ["test"],
  });
  await access(join(dir, "test-disk.qcow2"));
  const { notes } = await align(place(), [{ ...stranger, slot: "web-3" }], newWorkerUrns("bk", "web-3"));
  assert.deepEqual(notes, ["the domain web-3", "web-3-disk.qcow2", "web-3-seed.img"].map(stubbed));
});

test("a hypervisor that does not answer is not an absent domain", async () => {
  const gone = { ...place(), libvirtUri: "qemu+unix:///system?socket=/nonexistent" };
  await assert.rejects(align(gone, [known], newWorkerUrns("bk", "test")), /virsh/);
});

function place(): RepairPlace {
  return {
    ...{ poolDir: dir, imageDir: dir, stateDir: dir, runDir: dir, netDir: dir },
    ...{ libvirtUri: "test:///default", bridge: "br0", pool: "default-pool", loginPrivateKey: "", slots: [] },
  };
}
