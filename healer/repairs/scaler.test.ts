import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { parseConfig, type StackConfig } from "../../infra/config.ts";
import { type Desired, readDesired, writeDesired } from "../../infra/desired.ts";
import type { Room } from "../../infra/workerRoom.ts";
import { exampleConfig } from "../../test/support/exampleConfig.ts";
import type { News } from "../core/events.ts";
import { limitsFor } from "../core/limits.ts";
import type { EngineOutcome } from "./engine/engine.ts";
import type { EngineJob } from "./engine/protocol.ts";
import { Scaler } from "./scaler.ts";

const config = parseConfig(exampleConfig(), "bk");
const desired = { version: 1, workers: 2 } as const;

const survival = {
  requestsPerSecond: 100,
  worker: { requestsPerSecond: 100, memoryMib: 256, vcpus: 1, diskMib: 512 },
};

let dir: string;
let desiredPath: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "vigil-scale-"));
  desiredPath = join(dir, "desired.json");
  mkdirSync(join(dir, "br0", "bridge"), { recursive: true });
  const { image } = config;
  for (const name of [`base-${image.slice(0, 12)}.qcow2`, `${image}.vmlinux`, `${image}.initrd`]) {
    writeFileSync(join(dir, name), "x");
  }
  await writeDesired(desiredPath, desired);
});

afterEach(() => rmSync(dir, { recursive: true }));

test("more workers, or fewer, are one job, and the file says so before it begins", async () => {
  for (const workers of [4, 1]) {
    await writeDesired(desiredPath, desired);
    const { scaler, jobs, events } = scalerOver({ ok: true, tookMs: 1 });
    await scaler.scale({ kind: "scale", workers, evacuated: {}, generation: 3 });
    assert.deepEqual(jobs, [{ kind: "scale", desired: { ...desired, workers } }]);
    assert.equal((await readDesired(desiredPath)).workers, workers);
    assert.deepEqual(
      events.map((event) => event.kind === "scaled" && [event.generation, event.outcome.ok]),
      [[3, true]],
    );
  }
});

test("what comes to nothing leaves the file as it is deployed", async () => {
  const { scaler, events } = scalerOver({ ok: false, code: "failed", reason: "the provider is gone" });
  await scaler.scale({ kind: "scale", workers: 3, evacuated: {}, generation: 1 });
  assert.deepEqual(await readDesired(desiredPath), desired);
  assert.deepEqual(outcomeOf(events), { ok: false, code: "failed", reason: "the provider is gone" });
});

test("a file with changes that nobody deployed is not deployed by the way", async () => {
  await writeDesired(desiredPath, { ...desired, images: { "web-1": "c".repeat(64) } });
  const { scaler, jobs, events } = scalerOver({ ok: true, tookMs: 1 });
  await scaler.scale({ kind: "scale", workers: 3, evacuated: {}, generation: 1 });
  assert.deepEqual(jobs, []);
  assert.match(
    JSON.stringify(outcomeOf(events)),
    /preflight.*has changes that nobody has deployed: run `pulumi up` first/,
  );
  assert.notDeepEqual(await readDesired(desiredPath), desired);
});

test("a change that was cut short may be asked for again", async () => {
  await writeDesired(desiredPath, { ...desired, workers: 3 });
  const { scaler, jobs } = scalerOver({ ok: true, tookMs: 1 });
  await scaler.scale({ kind: "scale", workers: 3, evacuated: {}, generation: 1 });
  assert.equal(jobs.length, 1);
});

test("what is taken back is what is deployed, also where that leaves the number to the stack's file", async () => {
  await writeDesired(desiredPath, { version: 1, workers: 3 });
  const { scaler, jobs } = scalerOver({ ok: true, tookMs: 1 }, { version: 1 });
  await scaler.scale({ kind: "scale", workers: config.workers, evacuated: {}, generation: 1 });
  assert.deepEqual(jobs, [{ kind: "scale", desired: { version: 1 } }]);
  assert.deepEqual(await readDesired(desiredPath), { version: 1 });
});

test("what an update has left that was cut short goes before the next one, and what stays is not touched", async () => {
  for (const name of ["web-2-disk.qcow2", "web-3-disk.qcow2", "web-9-seed.img"]) writeFileSync(join(dir, name), "x");
  const { scaler, notes } = scalerOver({ ok: true, tookMs: 1 });
  await scaler.scale({ kind: "scale", workers: 3, evacuated: {}, generation: 1 });
  assert.deepEqual(notes, ["web-3-disk.qcow2 was left by an update that was cut short, and is removed."]);
});

test("a new worker's image need not have been one of this host's", async () => {
  const images = { "lb-1": "c".repeat(64), "web-1": "c".repeat(64), "web-2": "c".repeat(64) };
  rmSync(join(dir, `base-${config.image.slice(0, 12)}.qcow2`));
  const { scaler } = scalerOver({ ok: true, tookMs: 1 }, { ...desired, images });
  assert.match((await scaler.lack(3)) ?? "", /^web-3 cannot boot without .*\.qcow2, which is missing/);
  writeFileSync(join(dir, `${config.image}.qcow2`), "x");
  assert.equal(await scaler.lack(3), undefined);
});

test("who stands in for others is written beside the number that a person asked for, which stays as it is", async () => {
  const { scaler, jobs } = scalerOver({ ok: true, tookMs: 1 });
  await scaler.scale({ kind: "scale", workers: 4, evacuated: { mb: 2 }, generation: 1 });
  assert.deepEqual(jobs, [{ kind: "scale", desired: { ...desired, evacuated: { mb: 2 } } }]);
  assert.deepEqual(await readDesired(desiredPath), { ...desired, evacuated: { mb: 2 } });

  await writeDesired(desiredPath, { version: 1 });
  const unasked = scalerOver({ ok: true, tookMs: 1 }, { version: 1 });
  await unasked.scaler.scale({ kind: "scale", workers: config.workers + 1, evacuated: { mb: 1 }, generation: 1 });
  assert.deepEqual(await readDesired(desiredPath), { version: 1, evacuated: { mb: 1 } });
});

test("what is given back last leaves nothing behind, and a person's number beside what stands in is theirs alone", async () => {
  await writeDesired(desiredPath, { ...desired, evacuated: { mb: 1 } });
  const back = scalerOver({ ok: true, tookMs: 1 }, { ...desired, evacuated: { mb: 1 } });
  await back.scaler.scale({ kind: "scale", workers: 2, evacuated: {}, generation: 1 });
  assert.deepEqual(await readDesired(desiredPath), desired);

  await writeDesired(desiredPath, { ...desired, evacuated: { mb: 1 } });
  const more = scalerOver({ ok: true, tookMs: 1 }, { ...desired, evacuated: { mb: 1 } });
  await more.scaler.scale({ kind: "scale", workers: 4, evacuated: { mb: 1 }, generation: 1 });
  assert.deepEqual(await readDesired(desiredPath), { ...desired, workers: 3, evacuated: { mb: 1 } });
});

test("of more workers than fit as many are granted as do, with what is lacking for the next", async () => {
  const roomFor = async (workers: number, { scaler, events } = scalerOver({ ok: true, tookMs: 1 })) => {
    await scaler.askRoom({ kind: "askRoom", workers });
    const [answer] = events.splice(0);
    return answer?.kind === "room" ? [answer.workers, answer.fits, answer.lack] : [];
  };
  assert.deepEqual(await roomFor(4), [4, 4, undefined]);
  assert.deepEqual(await roomFor(9), [9, 6, "the host has addresses for 6 workers."]);
  const short = scalerOver({ ok: true, tookMs: 1 }, { ...desired, images: { "web-4": "c".repeat(64) } });
  const [asked, fits, lack] = await roomFor(5, short);
  assert.deepEqual([asked, fits], [5, 3]);
  assert.match(String(lack), /^web-4 cannot boot without/);
});

test("a host says what it lacks for so many: addresses, or what a machine is made of", async () => {
  const { scaler } = scalerOver({ ok: true, tookMs: 1 });
  assert.equal(await scaler.lack(4), undefined);
  assert.match((await scaler.lack(40)) ?? "", /^ask for at most 6, what the pool .* of bk holds besides its balancer/);
  rmSync(join(dir, `${config.image}.initrd`));
  assert.match((await scaler.lack(3)) ?? "", /^web-3 cannot boot without .*initrd, which is missing or empty/);
  assert.equal(await scaler.lack(1), undefined);
});

test("more workers than the stated room holds are refused before anything changes, and fewer of too many are not", async () => {
  const small = withRoom({ memoryMib: 768, vcpus: 8, diskMib: 8192 });
  const { scaler, jobs, events } = scalerOver({ ok: true, tookMs: 1 }, desired, small);
  const sentence = "vigil:site.hosts.bk.room states memory for 3 workers, and 4 are asked for";
  assert.deepEqual([await scaler.lack(3), await scaler.lack(4)], [undefined, sentence]);
  await scaler.scale({ kind: "scale", workers: 4, evacuated: {}, generation: 1 });
  assert.deepEqual([outcomeOf(events), jobs], [{ ok: false, code: "preflight", reason: sentence }, []]);
  assert.deepEqual(await readDesired(desiredPath), desired);

  const many = scalerOver({ ok: true, tookMs: 1 }, { ...desired, workers: 5 }, small);
  assert.equal(await many.scaler.lack(4), undefined);
  const standingIn = scalerOver({ ok: true, tookMs: 1 }, { ...desired, evacuated: { mb: 1 } }, small);
  assert.equal(await standingIn.scaler.lack(4), `${sentence}, of them 1 for mb`);
});

test("whichever part of the stated room is the smallest says how many workers it holds", async () => {
  const lackIn = async (room: Room) => {
    return await scalerOver({ ok: true, tookMs: 1 }, desired, withRoom(room)).scaler.lack(4);
  };
  const ample = { memoryMib: 1024, vcpus: 4, diskMib: 2048 };
  assert.equal(await lackIn(ample), undefined);
  assert.match((await lackIn({ ...ample, vcpus: 3 })) ?? "", /states virtual CPUs for 3 workers/);
  assert.match((await lackIn({ ...ample, diskMib: 2047 })) ?? "", /states disk space for 3 workers/);
});

test("who stands in for others is granted what the stated room holds", async () => {
  const small = withRoom({ memoryMib: 768, vcpus: 8, diskMib: 8192 });
  const { scaler, events } = scalerOver({ ok: true, tookMs: 1 }, desired, small);
  await scaler.askRoom({ kind: "askRoom", workers: 4 });
  assert.deepEqual(events, [{ kind: "room", workers: 4, fits: 3, lack: "the host has memory for 3 workers." }]);
});

function withRoom(room: Room): StackConfig {
  const { bk, ...others } = config.site.hosts;
  assert.ok(bk);
  return { ...config, site: { ...config.site, survival, hosts: { bk: { ...bk, room }, ...others } } };
}

function scalerOver(outcome: EngineOutcome, deployed: Desired = desired, deployedConfig = config) {
  const notes: string[] = [];
  const events: News[] = [];
  const jobs: EngineJob[] = [];
  const engine = {
    async run(_kind: string, prepare: () => Promise<EngineJob>): Promise<EngineOutcome> {
      try {
        jobs.push(await prepare());
        return outcome;
      } catch (error) {
        return { ok: false, code: "preflight", reason: (error as Error).message };
      }
    },
    warm: () => {},
  };
  const place = {
    ...{ libvirtUri: "test:///default", bridge: "br0", netDir: dir, pool: "default-pool", poolDir: dir },
    ...{ imageDir: dir, stateDir: dir, runDir: dir, loginPrivateKey: "", slots: [] },
  };
  const limits = { ...limitsFor.kvm, minPoolFreeBytes: 1, minStateFreeBytes: 1 };
  const applied = { config: deployedConfig, desired: deployed };
  const nowMs = () => performance.now();
  const scaler = new Scaler({
    place,
    applied,
    desiredPath,
    engine,
    limits,
    readUrns: async () => ({ urns: [], madeUrns: [] }),
    staleness: () => undefined,
    emit: (event) => events.push(event),
    onNote: (sentence) => notes.push(sentence),
    nowMs,
  });
  return { scaler, jobs, events, notes };
}

function outcomeOf([event]: readonly News[]) {
  return event?.kind === "scaled" ? event.outcome : undefined;
}
