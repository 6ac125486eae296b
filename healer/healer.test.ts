import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import type { Beat } from "./core/facts.ts";
import { limitsFor } from "./core/limits.ts";
import { initialState, noPast, type State } from "./core/state.ts";
import { Healer, type HealerPorts } from "./healer.ts";

const beat: Beat = { incarnation: "a", service: "up", files: "f", freeBytes: 1e9, busy: 0.1 };

test("beats wait for the next tick, and count from when they were heard", async () => {
  const healer = listening("web-1", "web-2");
  const beforeMs = performance.now();
  healer.hear({ kind: "beat", slot: "web-1", beat: { ...beat, busy: 0.9 } });
  healer.hear({ kind: "beat", slot: "web-2", beat });
  healer.hear({ kind: "beat", slot: "web-1", beat });
  const afterMs = performance.now();
  await sleep(20);
  assert.equal(healer.state.slots["web-1"]?.status, "unknown");
  healer.hear({ kind: "tick", lagMs: 0 });
  for (const slot of ["web-1", "web-2"]) {
    const { status, facts } = healer.state.slots[slot] ?? {};
    assert.equal(status, "green");
    assert.deepEqual(facts?.beat?.value, beat, "the last one counts");
    assert.ok(facts.beat.atMs >= beforeMs && facts.beat.atMs <= afterMs);
  }
});

test("what is heard after a beat is told after it", () => {
  const healer = listening("web-1");
  healer.hear({ kind: "beat", slot: "web-1", beat });
  // A beat ends a silence, and what was asked in that one is forgotten.
  healer.hear({ kind: "ping", slot: "web-1", answered: false });
  assert.equal(healer.state.slots["web-1"]?.facts.ping?.value, false);
  healer.hear({ kind: "beat", slot: "web-1", beat });
  healer.hear({ kind: "tick", lagMs: 0 });
  assert.equal(healer.state.slots["web-1"]?.facts.ping, undefined);
});

test("a person is told whatever the disk says", async () => {
  const told: string[] = [];
  const append = () => Promise.reject(new Error("no space left on device"));
  const log = pino({}, { write: (line: string) => void told.push(JSON.parse(line).page) });
  const healer = new Healer({ ...idlePorts, journal: { append }, log }, limitsFor.kvm, stateOf("web-1"));
  healer.hear({ kind: "space", poolFreeBytes: 1e12, stateFreeBytes: 0 });
  await healer.settled();
  assert.ok(told.includes("stateFull"), `told: ${told}`);
});

const nothing = async () => {};

const idlePorts: HealerPorts = {
  journal: { append: nothing },
  probes: { probe: () => {} },
  repairs: { operate: nothing, replace: nothing, checkDrift: nothing, rotate: nothing, moveVip: nothing },
  scaler: { scale: nothing, askRoom: nothing },
  log: pino({ enabled: false }),
};

function listening(...slots: readonly string[]): Healer {
  return new Healer(idlePorts, limitsFor.kvm, stateOf(...slots));
}

function stateOf(...slots: readonly string[]): State {
  const planned = slots.map((slot) => ({ slot, role: "worker", plannedFiles: undefined }) as const);
  return initialState(planned, noPast, performance.now(), limitsFor.kvm);
}
