import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalLine } from "../../healer/journal/readJournal.ts";
import { renderWaterfall, waterfallOf } from "./waterfall.ts";

const seen = { slot: "web-1", killedMs: 10_000, startedMs: 12_600, answeredMs: 20_000 };

const repair: readonly JournalLine[] = [
  entry(9_000, { kind: "status", slot: "web-1", status: "green" }),
  entry(10_300, { kind: "status", slot: "web-1", status: "red" }),
  entry(10_350, { kind: "repairBegun", slots: [{ slot: "web-2" }] }),
  entry(10_400, { kind: "repairBegun", slots: [{ slot: "web-1" }] }),
  // The disk was slow: the journal has it 70 ms late.
  entry(11_270, { kind: "progress", phase: "done", resource: "engine", op: "start", atMs: 700 }),
  entry(11_300, { kind: "progress", phase: "done", resource: "program", op: "start", atMs: 800 }),
  entry(11_700, { kind: "progress", phase: "done", resource: "providers", op: "start", atMs: 1_200 }),
  entry(12_000, { kind: "progress", phase: "done", resource: "domain web-1", op: "delete-replaced", atMs: 1_500 }),
  entry(12_100, { kind: "progress", phase: "done", resource: "volume web-1-disk", op: "delete-replaced", atMs: 1_600 }),
  entry(12_700, { kind: "progress", phase: "done", resource: "domain web-1", op: "create-replacement", atMs: 2_200 }),
  entry(20_500, { kind: "status", slot: "web-2", status: "green" }),
  entry(21_000, { kind: "status", slot: "web-1", status: "green" }),
];

test("each step begins where the one before it has ended, by the engine's own clock", () => {
  assert.deepEqual(waterfallOf(repair, seen), {
    detect: 400,
    prepare: 100,
    engine: 700,
    program: 100,
    providers: 400,
    delete: 400,
    define: 500,
    boot: 7_400,
    beat: 1_000,
  });
});

test("the time of a step that nobody has told of is in the next one's", () => {
  const silent = repair.filter(({ resource }) => resource !== "program");
  const { program, providers } = waterfallOf(silent, seen);
  assert.deepEqual([program, providers], [undefined, 500]);
});

test("a repair before the kill is none of this one's", () => {
  const late = { ...seen, killedMs: 10_500 };
  const { detect, engine, define } = waterfallOf(repair, late);
  assert.deepEqual([detect, engine, define], [undefined, undefined, 2_100]);
});

test("the bars stand one behind the other, and the shortest can be seen", () => {
  const lines = renderWaterfall({ detect: 1_000, prepare: 1, boot: 4_999 }).split("\n");
  assert.match(lines[0] ?? "", /^detect {7}1\.00 s {2}#{10} /);
  assert.match(lines[1] ?? "", /^prepare {6}0\.00 s {12}# {50} {2}checks/);
  assert.match(lines[2] ?? "", /^boot {9}5\.00 s {12}#{50} /);
});

function entry(atMs: number, content: object): JournalLine {
  return { seq: 1, at: new Date(atMs).toISOString(), ...content };
}
