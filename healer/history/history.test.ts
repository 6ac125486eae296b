import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { endedRepairs } from "./endedRepairs.ts";
import { type History, incidentsOf, maxClosed, noHistory, withLine } from "./history.ts";

const crashed = "VM crashed: libvirt says crashed (failed)";

/** Entries as the core writes them, one second apart. */
function lines(...entries: readonly object[]) {
  return entries.map((entry, index) => ({ seq: index + 1, at: at(index), ...entry }));
}

function at(second: number): string {
  return new Date(second * 1000).toISOString();
}

function fold(entries: readonly { seq: number; at: string }[], from: History = noHistory): History {
  return entries.reduce(withLine, from);
}

function status(slot: string, to: string, sentence: string, cause?: string): object {
  return { kind: "status", slot, status: to, sentence, ...(cause === undefined ? {} : { cause }) };
}

function begun(generation: number, repair: string, ...slots: string[]): object {
  const repairs = slots.map((slot) => ({ slot, repair, cause: "machineCrashed", sentence: `${repair} ${slot}` }));
  return { kind: "repairBegun", generation, slots: repairs };
}

function ended(generation: number, slot: string, outcome: string): object {
  return { kind: "repairEnded", generation, slot, outcome };
}

function drift(generation: number, clean: boolean | undefined): object {
  return { kind: "drift", generation, ...(clean === undefined ? {} : { clean }), sentence: `clean: ${clean}` };
}

const started = { kind: "started", host: "bk", release: "abc", slots: ["lb-1", "web-1", "web-2"] };

/** A crash that one replacement mends. */
const crash = [
  started,
  status("web-1", "green", "it beats and serves"),
  status("web-1", "red", crashed, "machineCrashed"),
  status("web-1", "repairing", `replacing web-1: ${crashed}`, "machineCrashed"),
  begun(7, "replace", "web-1"),
  ended(7, "web-1", "ok"),
  status("web-1", "settling", "replace done in 1.0 s", "machineCrashed"),
  status("web-1", "green", "replace helped"),
  drift(7, true),
];

test("a crash is one incident: its cause, its repair, how long it took and what the drift check found", () => {
  assert.deepEqual(incidentsOf(fold(lines(...crash))), [
    {
      id: 3,
      slot: "web-1",
      cause: "machineCrashed",
      sentence: crashed,
      begunAt: at(2),
      endedAt: at(7),
      tookMs: 5_000,
      repairs: [
        {
          number: 7,
          repair: "replace",
          slots: ["web-1"],
          sentence: "replace web-1",
          begunAt: at(4),
          endedAt: at(7),
          tookMs: 3_000,
          outcome: "helped",
        },
      ],
      outcome: "repaired",
      drift: { verdict: "none", sentence: "clean: true" },
    },
  ]);
});

test("an incident begins with the silence that it was found by, and silence that passes is none", () => {
  const silence = status("web-1", "yellow", "no heartbeat for 700 ms");
  const unreachable = status("web-1", "red", "VM unreachable though running", "machineUnreachable");
  const [incident] = incidentsOf(fold(lines(silence, unreachable)));
  assert.equal(incident?.begunAt, at(0));
  assert.equal(incident?.outcome, "open");
  assert.deepEqual(incidentsOf(fold(lines(silence, status("web-1", "green", "it beats and serves")))), []);
});

test("what passes without a repair is told as that, with the cause that it had when it was worst", () => {
  const history = fold(
    lines(
      status("web-1", "yellow", "service dead: the guest's own supervisor comes first", "serviceDead"),
      status("web-1", "green", "it beats and serves"),
    ),
  );
  const [incident] = incidentsOf(history);
  assert.deepEqual([incident?.cause, incident?.outcome, incident?.repairs], ["serviceDead", "passed", []]);
});

test("each repair has its own end", () => {
  const cases = [
    ["locked: the stack is held by anna", "locked", "the stack is held by anna"],
    ["failed: it: broke", "failed", "it: broke"],
    ["nonsense", "failed", "nonsense"],
  ] as const;
  const red = status("web-1", "red", crashed, "machineCrashed");
  for (const [outcome, state, reason] of cases) {
    const [incident] = incidentsOf(fold(lines(red, begun(1, "replace", "web-1"), ended(1, "web-1", outcome), red)));
    assert.deepEqual([incident?.repairs[0]?.outcome, incident?.repairs[0]?.reason], [state, reason]);
  }
});

test("a repair that never answers, one that does not help, and one whose healer ended are told apart", () => {
  const red = status("web-1", "red", crashed, "machineCrashed");
  const outcomeOf = (...after: object[]) => {
    return incidentsOf(fold(lines(red, begun(1, "replace", "web-1"), ...after)))[0]?.repairs[0]?.outcome;
  };
  assert.equal(outcomeOf(red), "noResult");
  assert.equal(outcomeOf(ended(1, "web-1", "ok"), status("web-1", "red", crashed, "machineCrashed")), "didNotHelp");
  assert.equal(outcomeOf(started), "cutOff");
  assert.equal(outcomeOf(ended(1, "web-1", "ok"), started), "cutOff");
  assert.equal(outcomeOf(), "underWay");
  assert.equal(outcomeOf(ended(2, "web-1", "ok")), "underWay", "a late answer to another repair");
});

test("slots that are made anew by one update share its number and know of each other", () => {
  const red = (slot: string) => status(slot, "red", crashed, "machineCrashed");
  const [second, first] = incidentsOf(fold(lines(red("web-1"), red("web-2"), begun(3, "replace", "web-1", "web-2"))));
  assert.deepEqual(first?.repairs[0]?.slots, ["web-1", "web-2"]);
  assert.deepEqual(second?.repairs[0]?.number, 3);
});

test("a slot that is no longer planned ends its incident; one that is planned keeps it over a restart", () => {
  const red = status("web-2", "red", crashed, "machineCrashed");
  assert.equal(incidentsOf(fold(lines(red, { ...started, slots: ["web-1"] })))[0]?.outcome, "gone");
  assert.equal(incidentsOf(fold(lines(red, started)))[0]?.outcome, "open");
});

test("the first verdict on drift that is one stands, and a later check of the same number changes nothing", () => {
  const verdictAfter = (...more: object[]) => {
    return incidentsOf(fold(lines(...crash.slice(0, -1), ...more)))[0]?.drift?.verdict;
  };
  assert.equal(verdictAfter(drift(7, undefined)), "unknown");
  assert.equal(verdictAfter(drift(7, undefined), drift(7, false)), "found");
  assert.equal(verdictAfter(drift(7, true), drift(7, false)), "none");
  assert.equal(verdictAfter(drift(6, true)), undefined);
});

test("who paused, and when a page was sent, is remembered", () => {
  const history = fold(
    lines(
      { kind: "paused", forMs: 1000, by: "anna" },
      { kind: "page", topic: "vipNone", sentence: "nobody has it" },
      { kind: "paused", slot: "web-1", forMs: 2000, by: "ben" },
    ),
  );
  assert.deepEqual(history.pauses, {
    all: { by: "anna", at: at(0), forMs: 1000 },
    "web-1": { by: "ben", at: at(2), forMs: 2000 },
  });
  assert.deepEqual(history.pagedAt, { vipNone: at(1) });
});

test("an entry of another release, or one that is in it already, changes nothing", () => {
  const history = fold(lines(...crash));
  assert.deepEqual(fold(lines(...crash), history), history);
  const odd = { seq: 99, at: at(99), kind: "status", slot: 7 };
  assert.deepEqual(withLine(history, odd), { ...history, seq: 99 });
});

test("no more than so many incidents are kept", () => {
  const one = (index: number) => [
    { seq: index * 2 + 1, at: at(index), ...status("web-1", "red", `${index}`, "machineCrashed") },
    { seq: index * 2 + 2, at: at(index), ...status("web-1", "green", "") },
  ];
  const history = fold(Array.from({ length: maxClosed + 10 }, (_, index) => one(index)).flat());
  assert.equal(history.closed.length, maxClosed);
  assert.equal(incidentsOf(history)[0]?.sentence, `${maxClosed + 9}`);
});

test("each repair is counted once, when it ends", () => {
  const counted = (entries: readonly { seq: number; at: string }[]) => {
    let history = noHistory;
    return entries.flatMap((line) => {
      const before = history;
      history = withLine(history, line);
      return endedRepairs(before, history);
    });
  };
  assert.deepEqual(counted(lines(...crash)), [{ repair: "replace", outcome: "helped", tookMs: 3_000 }]);
});

const anyEntry = fc.oneof(
  fc.constant(started),
  fc
    .record({
      slot: fc.constantFrom("web-1", "web-2"),
      to: fc.constantFrom("unknown", "green", "yellow", "red", "repairing", "settling"),
      cause: fc.constantFrom(undefined, "machineCrashed", "serviceDead"),
    })
    .map(({ slot, to, cause }) => status(slot, to, "sentence", cause)),
  fc
    .record({ generation: fc.integer({ min: 1, max: 4 }), slot: fc.constantFrom("web-1", "web-2") })
    .map(({ generation, slot }) => begun(generation, "replace", slot)),
  fc
    .record({
      generation: fc.integer({ min: 1, max: 4 }),
      slot: fc.constantFrom("web-1", "web-2"),
      outcome: fc.constantFrom("ok", "failed: x", "locked: y"),
    })
    .map(({ generation, slot, outcome }) => ended(generation, slot, outcome)),
  fc
    .record({ generation: fc.integer({ min: 1, max: 4 }), clean: fc.constantFrom(true, false, undefined) })
    .map(({ generation, clean }) => drift(generation, clean)),
);

test("whatever the journal holds, at most one incident per slot is open and none that is over lacks an end", () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 60 }), (entries) => {
      const history = fold(lines(...entries));
      const incidents = incidentsOf(history);
      const open = incidents.filter(({ outcome }) => outcome === "open").map(({ slot }) => slot);
      assert.equal(new Set(open).size, open.length);
      for (const { outcome, endedAt, tookMs } of incidents) {
        assert.equal(outcome === "open", endedAt === undefined && tookMs === undefined);
      }
      assert.equal(new Set(incidents.map(({ id }) => id)).size, incidents.length);
    }),
  );
});

test("a change of the number of workers shows its last step, and one that was cut short how it ended", () => {
  const asked = { kind: "scaleBegun", workers: 1, by: "anna", leaving: ["web-2"] };
  const step = { kind: "progress", phase: "done", resource: "web-2-disk", op: "delete", atMs: 900 };
  const failed = { kind: "scaleEnded", workers: 1, outcome: "failed: the provider is gone" };
  const settled = { kind: "scaleSettled", workers: 1, outcome: "ok" };
  const scaleAfter = (...entries: readonly object[]) => fold(lines(started, asked, ...entries)).scale;
  assert.equal(scaleAfter(step)?.step, "delete web-2-disk: done");
  assert.deepEqual([scaleAfter(failed)?.outcome, scaleAfter(failed)?.reason], ["failed", "the provider is gone"]);
  assert.equal(scaleAfter(failed, { ...settled, outcome: "failed: again" })?.outcome, "failed");
  assert.deepEqual([scaleAfter(failed, settled)?.outcome, scaleAfter(failed, settled)?.reason], ["done", undefined]);
  assert.equal(scaleAfter(started)?.outcome, "cutOff");
  assert.equal(scaleAfter({ ...started, slots: ["lb-1", "web-1"] })?.outcome, "done");
  assert.equal(scaleAfter(failed, { ...settled, workers: 2 })?.outcome, "failed");
});
