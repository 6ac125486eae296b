import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { limitsFor } from "../core/limits.ts";
import { type NewMachine, preflight, runningIn } from "./preflight.ts";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";

/** libvirt's own driver for tests: one running domain and one pool, made anew for every command. */
const libvirtUri = "test:///default";
const testDomain = "6695eb01-f6a4-8304-79aa-97f2502e193f";
const image = "b".repeat(64);
const limits = { ...limitsFor.kvm, minPoolFreeBytes: 1, minStateFreeBytes: 1 };

let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-preflight-"));
  await mkdir(join(dir, "br0", "bridge"), { recursive: true });
  for (const name of [`base-${image.slice(0, 12)}.qcow2`, `${image}.vmlinux`, `${image}.initrd`]) {
    await writeFile(join(dir, name), "x");
  }
});

after(() => rm(dir, { recursive: true }));

test("nothing is missing", async () => {
  assert.equal(await problem(place(), slot()), undefined);
});

test("libvirt does not answer, or has no pool", async () => {
  const gone = { ...place(), libvirtUri: "qemu+unix:///system?socket=/nonexistent" };
  assert.match((await problem(gone, slot())) ?? "", /^libvirt does not answer for the pool/);
  assert.match((await problem({ ...place(), pool: "other" }, slot())) ?? "", /pool other: .*not found/s);
});

test("the host's bridge is gone, and no machine could start without it", async () => {
  const slots = [slot(), { ...slot(), slot: "web-2" }];
  const sentence = "the host has no bridge br9.";
  const expected = new Map(slots.map((one) => [one.slot, sentence]));
  assert.deepEqual(await preflight({ ...place(), bridge: "br9" }, slots, limits), expected);
});

test("no space for an overlay, or for the state", async () => {
  const sentence = await problem(place(), slot(), { ...limits, minPoolFreeBytes: 2 ** 60 });
  assert.match(
    sentence ?? "",
    /^the storage pool has \d+ MiB free in .*, and a rebuilt machine needs 1099511627776\.$/,
  );
  const other = await problem(place(), slot(), { ...limits, minStateFreeBytes: 2 ** 60 });
  assert.match(other ?? "", /^the state has/);
});

test("the image is gone or empty", async () => {
  const gone = await problem(place(), { ...slot(), image: "c".repeat(64) });
  assert.equal(gone, `web-1 cannot boot without ${join(dir, "base-cccccccccccc.qcow2")}, which is missing or empty.`);
  const empty = "d".repeat(64);
  await writeFile(join(dir, "base-dddddddddddd.qcow2"), "x");
  await writeFile(join(dir, `${empty}.vmlinux`), "");
  assert.match((await problem(place(), { ...slot(), image: empty })) ?? "", /\.vmlinux, which is missing/);
});

test("a domain of the slot's name that is somebody else's", async () => {
  assert.equal(await problem(place(), { ...slot(), slot: "test", uuid: testDomain }), undefined);
  const sentence = await problem(place(), { ...slot(), slot: "test" });
  assert.match(sentence ?? "", /^a domain test that is not of this stack is there \(UUID 6695eb01/);
});

test("not enough memory, unless the old machine holds it", async () => {
  const huge = { ...slot(), memoryMib: 2 ** 40 };
  assert.match((await problem(place(), huge)) ?? "", /^the host has \d+ MiB of memory left, and \d+ are/);
  assert.equal(await problem(place(), { ...huge, slot: "test", uuid: testDomain }), undefined);
});

test("what one slot lacks is lacking to that slot alone", async () => {
  const slots = [
    { ...slot(), image: "c".repeat(64) },
    { ...slot(), slot: "web-2" },
    { ...slot(), slot: "web-3", memoryMib: 2 ** 40 },
    { ...slot(), slot: "web-4" },
  ];
  assert.deepEqual([...(await preflight(place(), slots, limits)).keys()], ["web-1", "web-3"]);
});

test("a machine that is added leaves the host its own share; one that is made anew takes what the old one had", async () => {
  const greedy = { ...limits, hostReserveBytes: 2 ** 60 };
  const added = { ...slot(), addedVcpus: 1 };
  assert.match(
    (await problem(place(), added, greedy)) ?? "",
    /^the host has \d+ MiB of memory left, and 1099511627905 are needed: 1 for a new machine, 128 for QEMU and 1099511627776 that/,
  );
  assert.equal(await problem(place(), slot(), greedy), undefined);
  const leftOver = { ...added, slot: "test", uuid: testDomain };
  assert.equal(await problem(place(), leftOver, greedy), undefined, "what an update has left goes before the next one");
});

test("machines that are added are counted together, and what does not fit is lacking to the later ones", async () => {
  const many = Array.from({ length: 4 }, (_, index) => ({ ...slot(), slot: `web-${index + 1}`, addedVcpus: 30 }));
  const problems = await preflight(place(), many, limits);
  // libvirt's driver for tests has 16 processors.
  assert.deepEqual([...problems.keys()], ["web-3", "web-4"]);
  assert.match(problems.get("web-3") ?? "", /with 3 new machines it would be 90: the host's 16 processors carry 64/);
  assert.equal((await preflight(place(), many, { ...limits, ...noRatio })).size, 0);
});

const noRatio = { vcpusPerProcessor: Number.POSITIVE_INFINITY };

test("memory and virtual CPUs of what runs are read from libvirt's own count", () => {
  const lb = "Domain: 'lb-1'\n  balloon.current=131072\n  balloon.maximum=262144\n  vcpu.current=2\n  vcpu.maximum=4\n";
  const web = "Domain: 'web-1'\n  balloon.current=524288\n  balloon.maximum=524288\n  vcpu.current=1\n";
  assert.deepEqual(runningIn(`${lb}\n${web}\n`), { machines: 2, memoryMib: 768, vcpus: 3 });
  assert.deepEqual(runningIn(""), { machines: 0, memoryMib: 0, vcpus: 0 });
});

test("a machine is not added where guests may still take what the kernel has available", async () => {
  const added = { ...slot(), addedVcpus: 1 };
  const { PATH } = process.env;
  try {
    process.env.PATH = `${await virshThatPromises(2 ** 40)}:${PATH}`;
    assert.match(
      (await problem(place(), added)) ?? "",
      /^the host has 0 MiB of memory left beside what the machines that run may take, and 641 are needed/,
    );
    assert.equal(
      await problem(place(), slot()),
      undefined,
      "one that is made anew is promised no more than the old one",
    );
  } finally {
    process.env.PATH = PATH;
  }
});

/** libvirt's driver for tests knows no memory of its guests. The folder of a `virsh` that says how much one has. */
async function virshThatPromises(maximumKib: number): Promise<string> {
  const folder = join(dir, "bin");
  const stats = `Domain: 'test'\n  balloon.maximum=${maximumKib}\n`;
  const script = `#!/bin/sh
case "$*" in
  *domstats*--balloon*) printf '%s' "${stats}" ;;
  *) PATH="\${PATH#*:}" exec virsh "$@" ;;
esac
`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "virsh"), script, { mode: 0o755 });
  return folder;
}

async function problem(where: RepairPlace, slot: NewMachine, least = limits): Promise<string | undefined> {
  return (await preflight(where, [slot], least)).get(slot.slot);
}

function slot(): RepairSlot {
  const address = "127.0.0.1";
  return { slot: "web-1", role: "worker", address, uuid: crypto.randomUUID(), hostKey: "", image, memoryMib: 1 };
}

function place(): RepairPlace {
  const dirs = { poolDir: dir, imageDir: dir, stateDir: dir, runDir: dir };
  return {
    ...dirs,
    libvirtUri,
    bridge: "br0",
    netDir: dir,
    pool: "default-pool",
    loginPrivateKey: "",
    slots: [slot()],
  };
}
