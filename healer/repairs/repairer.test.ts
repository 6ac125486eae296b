import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Event } from "../core/events.ts";
import { limitsFor } from "../core/limits.ts";
import type { EngineOutcome } from "./engine/engine.ts";
import { Repairer } from "./repairer.ts";
import type { RepairPlace } from "./repairPlace.ts";

const netDir = mkdtempSync(join(tmpdir(), "vigil-net-"));
mkdirSync(join(netDir, "br0", "bridge"), { recursive: true });
after(() => rmSync(netDir, { recursive: true }));

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

function repairerOver(outcome: EngineOutcome) {
  const events: Event[] = [];
  const repairer = new Repairer({
    place: place(),
    engine: { run: async () => outcome, warm: () => {} },
    limits: limitsFor.tcg,
    emit: (event) => events.push(event),
    onNote: () => {},
    nowMs: () => performance.now(),
  });
  return { events, repairer };
}

/** libvirt's own driver for tests: one running domain, made anew for every command. */
function place(): RepairPlace {
  const dir = tmpdir();
  const slot = { role: "worker", address: "127.0.0.1", uuid: "u", hostKey: "", image: "", memoryMib: 1 } as const;
  return {
    libvirtUri: "test:///default",
    bridge: "br0",
    netDir,
    pool: "default-pool",
    poolDir: dir,
    imageDir: dir,
    stateDir: dir,
    runDir: dir,
    loginPrivateKey: "",
    slots: [
      { ...slot, slot: "test" },
      { ...slot, slot: "web-2" },
    ],
  };
}
