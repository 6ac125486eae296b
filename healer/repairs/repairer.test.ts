import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { News } from "../core/events.ts";
import { limitsFor } from "../core/limits.ts";
import type { EngineOutcome } from "./engine/engine.ts";
import type { EngineJob } from "./engine/protocol.ts";
import { newWorkerUrns } from "./engine/slotUrns.ts";
import { Repairer, type UpdateEngine } from "./repairer.ts";
import type { RepairPlace } from "./repairPlace.ts";

const netDir = mkdtempSync(join(tmpdir(), "vigil-net-"));
mkdirSync(join(netDir, "br0", "bridge"), { recursive: true });
const pool = mkdtempSync(join(tmpdir(), "vigil-pool-"));
const image = "b".repeat(64);
for (const name of [`base-${image.slice(0, 12)}.qcow2`, `${image}.vmlinux`, `${image}.initrd`, ...volumesOf("test")]) {
  writeFileSync(join(pool, name), "x");
}
after(() => {
  for (const dir of [netDir, pool]) rmSync(dir, { recursive: true });
});

function volumesOf(slot: string): string[] {
  return [`${slot}-disk.qcow2`, `${slot}-seed.img`];
}

test("a replacement answers for each slot of the batch, with its generation", async () => {
  const { events, repairer } = repairerOver({ ok: true, tookMs: 1 });
  await repairer.replace({ kind: "replace", slots: ["test", "web-2"], generation: 7 });
  assert.deepEqual(
    events.map((event) => event.kind === "repaired" && [event.slot, event.generation, event.outcome.ok]),
    [
      ["test", 7, true],
      ["web-2", 7, true],
    ],
  );
});

test("the engine's code and sentence reach the core", async () => {
  const { events, repairer } = repairerOver({ ok: false, code: "locked", reason: "the stack is held by ann." });
  await repairer.replace({ kind: "replace", slots: ["test"], generation: 1 });
  assert.deepEqual(events, [
    {
      kind: "repaired",
      generation: 1,
      slot: "test",
      outcome: { ok: false, code: "locked", reason: "the stack is held by ann." },
    },
  ]);
});

test("what may not be rebuilt is answered at once, and the others are rebuilt without it", async () => {
  const jobs: EngineJob[] = [];
  const { events, repairer } = repairerOver({ ok: true, tookMs: 1 }, (job) => {
    jobs.push(job);
    assert.equal(events.length, 2);
  });
  await repairer.replace({ kind: "replace", slots: ["test", "web-2", "web-3"], generation: 1 });
  assert.deepEqual(jobs, [{ kind: "replace", slots: [{ slot: "test", role: "worker", seed: false }] }]);
  const outcomes = events.map((event) => event.kind === "repaired" && [event.slot, reasonOf(event)]);
  const base = join(pool, "base-cccccccccccc.qcow2");
  assert.deepEqual(outcomes, [
    ["web-2", `preflight: web-2 cannot boot without ${base}, which is missing or empty.`],
    ["web-3", "preflight: it has become well meanwhile"],
    ["test", "ok"],
  ]);
});

test("nothing is updated if no machine is left to rebuild", async () => {
  const { events, repairer } = repairerOver({ ok: true, tookMs: 1 }, () => assert.fail("an update was run"));
  await repairer.replace({ kind: "replace", slots: ["web-3"], generation: 1 });
  assert.deepEqual(events.map(reasonOf), ["preflight: it has become well meanwhile"]);
});

test("what runs already is started with success", async () => {
  const { events, repairer } = repairerOver({ ok: true, tookMs: 1 });
  await repairer.operate({ kind: "operate", slot: "test", operation: "start", generation: 3 });
  assert.equal(events[0]?.kind === "repaired" && events[0].outcome.ok, true);
});

test("a power cycle ends a running domain and has it running after", async () => {
  const { events, repairer } = repairerOver({ ok: true, tookMs: 1 });
  await repairer.operate({ kind: "operate", slot: "test", operation: "powerCycle", generation: 3 });
  assert.equal(events[0]?.kind === "repaired" && events[0].outcome.ok, true);
});

test("nothing is ended while the bridge is missing that it needs to start again", async () => {
  rmSync(join(netDir, "br0"), { recursive: true });
  const { events, repairer } = repairerOver({ ok: true, tookMs: 1 });
  for (const operation of ["powerCycle", "reattach"] as const) {
    await repairer.operate({ kind: "operate", slot: "test", operation, generation: 3 });
  }
  mkdirSync(join(netDir, "br0", "bridge"), { recursive: true });
  const outcomes = events.map((event) => event.kind === "repaired" && !event.outcome.ok && event.outcome);
  const missing = { ok: false, code: "preflight", reason: "the host has no bridge br0." };
  assert.deepEqual(outcomes, [missing, missing]);
});

test("an operation that fails, or on a slot that is not planned, is a failure with a sentence", async () => {
  const { events, repairer } = repairerOver({ ok: true, tookMs: 1 });
  await repairer.operate({ kind: "operate", slot: "web-2", operation: "reset", generation: 1 });
  await repairer.operate({ kind: "operate", slot: "web-9", operation: "reset", generation: 1 });
  const reasons = events.map((event) => (event.kind === "repaired" && !event.outcome.ok ? event.outcome.reason : ""));
  assert.match(reasons[0] ?? "", /failed to get domain 'web-2'/);
  assert.equal(reasons[1], "the deployed plan has no slot web-9.");
});

test("a drift check is clean, or not, or says nothing", async () => {
  const outcomes: EngineOutcome[] = [
    { ok: true, tookMs: 1 },
    { ok: false, code: "changes", reason: "web-1: update" },
    { ok: false, code: "deadline", reason: "late" },
  ];
  const drifts = [];
  for (const outcome of outcomes) {
    const { events, repairer } = repairerOver(outcome);
    await repairer.checkDrift({ kind: "checkDrift", generation: 2 });
    drifts.push(events[0]?.kind === "driftChecked" && events[0].drift);
  }
  assert.deepEqual(drifts, [
    { clean: true },
    { clean: false, found: "web-1: update" },
    { clean: undefined, reason: "late" },
  ]);
});

/** With `onJob` the engine takes the job, and without it has its outcome before that. */
function repairerOver(outcome: EngineOutcome, onJob?: (job: EngineJob) => void) {
  const events: News[] = [];
  const engine: UpdateEngine = {
    run: async (_kind, prepare) => {
      if (onJob !== undefined) {
        const job = await prepare().catch(() => undefined);
        if (job !== undefined) onJob(job);
      }
      return outcome;
    },
    warm: () => {},
  };
  const repairer = new Repairer({
    place: place(),
    engine,
    limits: limitsFor.tcg,
    isWell: (slot) => slot === "web-3",
    readUrns: async () => ({ urns: newWorkerUrns("bk", "test"), madeUrns: newWorkerUrns("bk", "test") }),
    staleness: () => undefined,
    emit: (event) => events.push(event),
    onNote: () => {},
    nowMs: () => performance.now(),
  });
  return { events, repairer };
}

function reasonOf(event: News): string {
  if (event.kind !== "repaired") return event.kind;
  return event.outcome.ok ? "ok" : `${event.outcome.code}: ${event.outcome.reason}`;
}

/** libvirt's own driver for tests: one running domain, made anew for every command. */
function place(): RepairPlace {
  const uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";
  const slot = { role: "worker", address: "127.0.0.1", uuid, hostKey: "", image, memoryMib: 1 } as const;
  return {
    libvirtUri: "test:///default",
    bridge: "br0",
    netDir,
    pool: "default-pool",
    poolDir: pool,
    imageDir: pool,
    stateDir: pool,
    runDir: pool,
    loginPrivateKey: "",
    slots: [
      { ...slot, slot: "test" },
      { ...slot, slot: "web-2", image: "c".repeat(64) },
      { ...slot, slot: "web-3" },
    ],
  };
}
