import assert from "node:assert/strict";
import { test } from "node:test";
import { type HostFacts, withWorkAfter } from "../machineFacts.ts";
import type { Promised } from "../promises/promise.ts";
import { reportOf } from "../report.ts";
import { judgePromises, problemsOf } from "./judgePromises.ts";
import type { Reports, StoredReport } from "./readReports.ts";

const machine = {
  accelerator: "tcg" as const,
  cores: 2,
  loadAverage: 1,
  processor: "one",
  memoryGib: 24,
  kernel: "6",
  node: "v24",
  commit: "abc",
  work: { beforeMs: 50 },
};

function reportWith(figures: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>): StoredReport {
  const runs = Object.entries(figures).flatMap(([pair, all]) =>
    all.map((one, index) => ({ pair, index, figures: one })),
  );
  const { summaries } = reportOf("loss", new Date(0), machine satisfies HostFacts, runs, []);
  return {
    case: "loss",
    startedAt: new Date(0).toISOString(),
    machine,
    summaries: { ...summaries },
    checks: [],
    runs: [...runs],
  };
}

const share: Promised = {
  about: "fails",
  says: "requests",
  result: "loss",
  measure: { kind: "share", hits: ["failed"], of: "requests" },
  atMost: 0,
};

function judge(promised: Promised, reports: Reports) {
  const judged = judgePromises([{ title: "a fault", promises: [promised] }], reports);
  return { ...judged[0], problems: problemsOf(judged, reports) };
}

test("a share is of all requests of all runs, with its bound", () => {
  const reports = new Map([
    [
      "loss",
      reportWith({
        vigil: [
          { failed: 0, requests: 500 },
          { failed: 0, requests: 500 },
        ],
      }),
    ],
  ]);
  const { verdict, found, problems } = judge(share, reports);
  assert.deepEqual([verdict, found?.text, found?.bound, found?.runs], ["met", "0 of 1,000", "below 0.3 %", 2]);
  assert.deepEqual(problems, []);
});

test("one failed request breaks a promise of none, and the problem names promise, figure and file", () => {
  const reports = new Map([["loss", reportWith({ vigil: [{ failed: 1, requests: 500 }] })]]);
  assert.deepEqual(judge(share, reports).problems, [
    "bench/results/loss.json: fails, at most 0: requests: found 1 of 500 (0.2 %). Mend what broke it, or say why it is so under knownMiss in bench/promises/.",
  ]);
  assert.deepEqual(judge({ ...share, knownMiss: "it rains" }, reports).problems, []);
});

test("a known miss that is kept has to go", () => {
  const reports = new Map([["loss", reportWith({ vigil: [{ failed: 0, requests: 500 }] })]]);
  assert.match(judge({ ...share, knownMiss: "it rains" }, reports).problems.join(), /met now.*Remove its knownMiss/);
});

test("a result or a figure that is missing is a problem, unless it is known", () => {
  const without = new Map([["loss", reportWith({ vigil: [{ failed: 0 }] })]]);
  for (const reports of [new Map(), without]) {
    assert.equal(judge(share, reports).verdict, "not measured");
    assert.match(judge(share, reports).problems.join(), /^bench\/results\/loss\.json: .*Measure it: `make bench`/);
    assert.deepEqual(judge({ ...share, knownMiss: "not yet" }, reports).problems, []);
  }
});

test("a worst run is the largest sum of its figures; one that never came back breaks any promise", () => {
  const worst: Promised = { ...share, measure: { kind: "worst", figures: ["aMs", "bMs"] }, atMost: 30 };
  const runs = [
    { aMs: 1, bMs: 20 },
    { aMs: 9, bMs: 2 },
  ];
  const kept = judge(worst, new Map([["loss", reportWith({ vigil: runs })]]));
  assert.deepEqual([kept.verdict, kept.found?.text], ["met", "21 ms in the worst run"]);
  const endless = [...runs, { aMs: Number.POSITIVE_INFINITY, bMs: 0 }];
  assert.equal(judge(worst, new Map([["loss", reportWith({ vigil: endless })]])).verdict, "not met");
});

test("a ratio is to another pair of the same result; the pair of the defaults is shown beside it", () => {
  const ratio: Promised = {
    ...share,
    measure: { kind: "ratio", figure: "outageMs", of: "median", to: "tuned" },
    atMost: 1.2,
  };
  const both = reportWith({ vigil: [{ outageMs: 300 }], tuned: [{ outageMs: 200 }] });
  const defaults = reportWith({ vigil: [{ outageMs: 310 }], defaults: [{ outageMs: 3_000 }] });
  const { verdict, found, peers } = judge(
    ratio,
    new Map([
      ["loss", both],
      ["loss.defaults", defaults],
    ]),
  );
  assert.deepEqual([verdict, found?.text], ["not met", "1.50 x: 300 ms against 200 ms"]);
  assert.deepEqual(peers, [
    { pair: "tuned", text: "200 ms in the median" },
    { pair: "defaults", text: "3.0 s in the median" },
  ]);
});

test("results with KVM and with TCG beside each other are a problem", () => {
  const one = reportWith({ vigil: [{ failed: 0, requests: 1 }] });
  const other = { ...one, machine: { ...withWorkAfter(machine, 0), accelerator: "kvm" as const } };
  assert.match(
    judge(
      share,
      new Map([
        ["loss", one],
        ["other", other],
      ]),
    ).problems.join(),
    /some .*KVM and some with TCG/,
  );
});
