import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalEntry } from "../core/actions.ts";
import { limitsFor } from "../core/limits.ts";
import { type PastEntry, pastOf } from "../core/past.ts";
import { initialState } from "../core/state.ts";
import type { JournalLine } from "./readJournal.ts";
import { pastKinds, readPast } from "./readPast.ts";

const [slot, by, sentence, generation] = ["web-1", "anna", "because", 3];
const repair = { slot, repair: "replace", cause: "machineCrashed", sentence } as const;

/** One of each kind, as this release writes it. */
const sound = [
  { kind: "repairBegun", generation, slots: [repair] },
  { kind: "repairEnded", generation, slot, outcome: "ok" },
  { kind: "repairJudged", generation, slot, helped: false, sentence },
  { kind: "status", slot, status: "red", cause: "machineCrashed", sentence },
  { kind: "drift", generation, clean: false, sentence },
  { kind: "breaker", openForMs: 1_000, sentence },
  { kind: "paused", forMs: 60_000, by },
  { kind: "resumed", slot, by },
  { kind: "scaleBegun", workers: 3, by, leaving: ["web-3"], evacuated: { mb: 1 } },
  { kind: "scaleEnded", workers: 3, outcome: "failed: no disk" },
  { kind: "scaleSettled", workers: 3, outcome: "ok" },
  { kind: "host", host: "mb", status: "lost", sentence },
  { kind: "host", host: "mb", status: "planned", sentence, expectedForMs: 600_000 },
  { kind: "page", topic: "mb.hostAway", sentence },
  { kind: "hostTold", host: "mb", workers: 2 },
  { kind: "drained", slot, by, ofHost: true },
  { kind: "undrained", slot, by },
  { kind: "hostDrained", by, reason: "kernel update" },
  { kind: "hostReady", sentence },
  { kind: "hostReturning", by },
  { kind: "hostDrainEnded", outcome: "ok" },
] as const satisfies readonly JournalEntry[];

/** As they are read back from a file. */
function lines(entries: readonly object[]): JournalLine[] {
  return entries.map((entry, index) => {
    return JSON.parse(JSON.stringify({ seq: index + 1, at: new Date(index * 1_000).toISOString(), ...entry }));
  });
}

function start(entries: readonly PastEntry[]) {
  const planned = [{ slot, role: "worker", plannedFiles: "f" }] as const;
  return initialState(planned, pastOf(entries), 0, limitsFor.kvm, { host: "bk", others: { mb: 2 }, hasWitness: false });
}

test("what this release writes it reads back whole, with its age, and nothing else", () => {
  assert.deepEqual(new Set(sound.map(({ kind }) => kind)), new Set(pastKinds));
  const others = [{ kind: "progress", phase: "done" }, { kind: "of a later release" }, { seq: 7 }, { kind: 7 }];
  const { entries, problems } = readPast(lines([...sound, ...others]), 60_000);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    entries.map(({ entry }) => entry),
    lines(sound).map(({ seq: _, at: __, ...entry }) => entry),
  );
  assert.equal(entries[0]?.agoMs, 60_000);
});

test("an entry of another shape is passed over and told with its kind and number, and the healer starts", () => {
  for (const entry of sound) {
    const { kind, ...fields } = entry;
    const wrong = [
      { kind },
      { kind, ...Object.fromEntries(Object.keys(fields).map((field) => [field, null])) },
      { kind, ...Object.fromEntries(Object.keys(fields).map((field) => [field, { other: [1] }])) },
    ];
    for (const one of wrong) {
      const { entries, problems } = readPast(lines([sound[6], one]), 59_000);
      assert.deepEqual(problems, [
        `entry 2 of the journal, ${kind}, cannot be read by this release and was passed over.`,
      ]);
      assert.equal(start(entries).pausedUntilMs, 1_000, "what stands beside it is read");
    }
  }
});

test("a check for drift that could not be judged is written without a verdict", () => {
  const { entries, problems } = readPast(lines([{ kind: "drift", generation, clean: undefined, sentence }]), 0);
  assert.deepEqual([entries[0]?.entry, problems], [{ kind: "drift", generation, clean: undefined, sentence }, []]);
});

test("many of one kind are told in one sentence", () => {
  const wrong = [{ kind: "repairBegun" }, { kind: "breaker" }, { kind: "repairBegun", slots: "web-1" }];
  assert.deepEqual(readPast(lines(wrong), 60_000).problems, [
    "2 entries of the journal, repairBegun, from 1 on cannot be read by this release and were passed over.",
    "entry 2 of the journal, breaker, cannot be read by this release and was passed over.",
  ]);
});

test("a cause, a repair or a host's status that this release does not know is none that it could go by", () => {
  const wrong = [
    { kind: "repairBegun", generation, slots: [{ ...repair, cause: "ofALaterRelease" }] },
    { kind: "repairBegun", generation, slots: [{ ...repair, repair: "exorcise" }] },
    { kind: "host", host: "mb", status: "haunted", sentence },
  ];
  const { entries, problems } = readPast(lines(wrong), 60_000);
  assert.deepEqual([entries, problems.length], [[], 2]);
});
