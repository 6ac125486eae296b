import assert from "node:assert/strict";
import { test } from "node:test";
import { withWorkAfter } from "../machineFacts.ts";
import type { KnownMiss, Promised } from "../promises/promise.ts";
import { judgePromises, problemsOf, reasonOf } from "./judgePromises.ts";
import type { Reports } from "./readReports.ts";
import { machine, reportWith } from "./reportWith.ts";

const share: Promised = {
  about: "fails",
  says: "requests",
  result: "loss",
  measure: { kind: "share", hits: ["failed"], of: "requests" },
  atMost: 0,
};

const rain: KnownMiss = { why: "it rains", missAtMost: 0.02 };
const unmeasured: KnownMiss = { notYet: "not yet" };

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
  assert.deepEqual(judge({ ...share, knownMiss: rain }, reports).problems, []);
});

test("a known miss that has become worse than it says is a problem, and the reason names its bound", () => {
  const atBound = new Map([["loss", reportWith({ vigil: [{ failed: 10, requests: 500 }] })]]);
  const beyond = new Map([["loss", reportWith({ vigil: [{ failed: 11, requests: 500 }] })]]);
  const promised = { ...share, knownMiss: rain };
  assert.deepEqual(judge(promised, atBound).problems, []);
  assert.deepEqual(judge(promised, beyond).problems, [
    "bench/results/loss.json: fails, at most 0: requests: found 11 of 500 (2.2 %), and the known miss is 2 % at most. Mend what made it worse, or say under knownMiss in bench/promises/ why it is.",
  ]);
  assert.equal(reasonOf(promised), "it rains; beyond 2 % the check fails");
});

test("the bound of a known miss has the promise's own unit", () => {
  const worst: Promised = {
    ...share,
    measure: { kind: "worst", figures: ["outageMs"] },
    atMost: 500,
    knownMiss: { why: "it rains", missAtMost: 1_800 },
  };
  assert.equal(reasonOf(worst), "it rains; beyond 1.8 s the check fails");
  const problemsAfter = (outageMs: number) =>
    judge(worst, new Map([["loss", reportWith({ vigil: [{ outageMs }] })]])).problems;
  assert.deepEqual(problemsAfter(1_800), []);
  assert.match(problemsAfter(1_801).join(), /the known miss is 1\.8 s at most/);
  assert.match(problemsAfter(Number.POSITIVE_INFINITY).join(), /found for ever/);
});

test("a known miss that is kept has to go", () => {
  const reports = new Map([["loss", reportWith({ vigil: [{ failed: 0, requests: 500 }] })]]);
  for (const knownMiss of [rain, unmeasured]) {
    assert.match(judge({ ...share, knownMiss }, reports).problems.join(), /met now.*Remove its knownMiss/);
  }
});

test("what is said to be not measured is a problem once a result shows a miss, and a bound needs a result", () => {
  const missed = new Map([["loss", reportWith({ vigil: [{ failed: 1, requests: 500 }] })]]);
  assert.match(judge({ ...share, knownMiss: unmeasured }, missed).problems.join(), /found 1 of 500.*say why it is so/);
  assert.match(judge({ ...share, knownMiss: rain }, new Map()).problems.join(), /no such file/);
});

test("a result or a figure that is missing is a problem, unless it is known", () => {
  const without = new Map([["loss", reportWith({ vigil: [{ failed: 0 }] })]]);
  for (const reports of [new Map(), without]) {
    assert.equal(judge(share, reports).verdict, "not measured");
    assert.match(judge(share, reports).problems.join(), /^bench\/results\/loss\.json: .*Measure it: `make bench`/);
    assert.deepEqual(judge({ ...share, knownMiss: unmeasured }, reports).problems, []);
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
