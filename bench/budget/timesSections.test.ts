import assert from "node:assert/strict";
import { test } from "node:test";
import { reportWith } from "./reportWith.ts";
import { addressSection, repairSection, stressSection } from "./timesSections.ts";

test("each pair whose holder was read from the wire has a row, and says what was not recorded", () => {
  const [claimed, left] = [
    { claimMs: 300, noHolderMs: 310, twoHoldersMs: 0, outageMs: 400 },
    { noHolderMs: 1_200, twoHoldersMs: 20, outageMs: 1_300 },
  ];
  const reports = new Map([
    ["holder-vm", reportWith({ vigil: [claimed, { ...claimed, claimMs: 500 }], tuned: [left] })],
    ["worker-vm", reportWith({ vigil: [{ failed: 0 }] })],
  ]);
  const rows = addressSection(reports, "KVM").filter((line) => line.startsWith("| `"));
  assert.deepEqual(rows, [
    "| `holder-vm` | vigil | 400 ms | 500 ms | 310 ms | 0 ms | 400 ms | 2 |",
    "| `holder-vm` | tuned | - | - | 1.2 s | 20 ms | 1.3 s | 1 |",
  ]);
});

test("a repair is told method by method, then step by step; one that was not measured says so", () => {
  const ours = { detectMs: 400, actMs: 2_000, bootMs: 8_000, awayMs: 10_400, prepareMs: 100 };
  const theirs = { detectMs: 0, actMs: 1_000, bootMs: 8_000, awayMs: 9_000 };
  const lines = repairSection(new Map([["repair", reportWith({ vigil: [ours], virsh: [theirs] })]]), "KVM");
  assert.ok(lines.includes("| vigil | 400 ms | 2.0 s | 8.0 s | 10.4 s | 1 |"));
  assert.ok(lines.includes("| virsh | 0 ms | 1.0 s | 8.0 s | 9.0 s | 1 |"));
  assert.ok(lines.includes("| prepare | checks before it, until the engine had the job | 100 ms |"));
  assert.ok(lines.includes("- `repair-balancer`: not measured."));
});

test("what a timer alone would have done stands beside what was done; what was not counted is no 0", () => {
  const calm = { repairs: 0, reds: 0, doubts: 12 };
  const counted = { ...calm, beats: 15_000, silencesHalf: 9, silencesOnce: 4, silencesTwice: 1 };
  const reports = new Map([
    ["cores-busy", reportWith({ vigil: [calm] })],
    ["disk-stalls", reportWith({ vigil: [counted, counted] })],
  ]);
  const lines = stressSection(reports, "KVM");
  assert.ok(lines.includes("| `cores-busy` | - | - | - | - | 12 | 0 | 0 |"));
  assert.ok(lines.includes("| `disk-stalls` | 30,000 | 18 | 8 | 2 | 24 | 0 | 0 |"));
  assert.ok(lines.includes(`| \`frames-lost\` |${" not measured |".repeat(7)}`));
});
