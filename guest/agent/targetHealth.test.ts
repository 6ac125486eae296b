import assert from "node:assert/strict";
import { test } from "node:test";
import { type Evidence, newTarget, observe, type TargetHealth } from "./targetHealth.ts";

const limits = {
  fall: 2,
  busyFall: 4,
  rise: 1,
  softLimitMs: 3000,
  falseAlarmsLastMs: 2000,
  maxFalseAlarms: 2,
  youngMs: 0,
  slownessLastsMs: 2000,
  slownessFactor: 3,
};
const ok: Evidence = { kind: "ok" };
const dead: Evidence = { kind: "silent", afterMs: 250, alive: false };
const missed: Evidence = { kind: "missed", afterMs: 250 };
const alive: Evidence = { kind: "alive", afterMs: 10 };
const slow: Evidence = { kind: "alive", afterMs: 200 };
const hung: Evidence = { kind: "silent", afterMs: 250, alive: true };
const refused: Evidence = { kind: "bad", what: "was refused" };
const leaving: Evidence = { kind: "draining" };

/** Each entry is one piece of evidence, 100 ms after the one before. */
function after(evidence: readonly Evidence[], someLimits = limits): TargetHealth {
  return evidence.reduce((health, item, index) => observe(health, item, (index + 1) * 100, someLimits), newTarget(0));
}

const cases: readonly [name: string, evidence: Evidence[], verdict: string, isGone: boolean, reason: string][] = [
  ["a slot that nobody built", [dead, dead, dead], "absent", false, "never answered"],
  ["an address that refuses and never served", [refused], "absent", true, "the check was refused"],
  ["a worker's first answer", [dead, refused, ok], "up", false, "a check passed"],
  ["one silence", [ok, dead], "up", false, "a check passed"],
  ["silences that are not in a row", [ok, dead, ok, dead], "up", false, "a check passed"],
  ["a machine that died", [ok, dead, dead], "soft", true, "its machine answered none of 2 in a row within 250 ms"],
  [
    "a service that hangs",
    [ok, hung, hung, hung, hung],
    "soft",
    false,
    "4 checks in a row got no answer within 250 ms, though its machine answers",
  ],
  ["a busy service on a living machine", [ok, dead, hung, hung], "up", false, "a check passed"],
  ["a lost knock at a busy one", [ok, hung, missed, alive, missed, hung], "up", false, "a check passed"],
  [
    "a busy one whose machine dies",
    [ok, hung, hung, missed, missed],
    "soft",
    true,
    "its machine answered none of 2 in a row within 250 ms",
  ],
  ["a machine that was slow of late", [ok, slow, missed, missed, missed, missed], "up", false, "a check passed"],
  [
    "a slow machine that died",
    [ok, slow, missed, missed, missed, missed, missed],
    "soft",
    true,
    "its machine answered none of 5 in a row within 250 ms",
  ],
  ["a process that died", [ok, refused], "hard", true, "the check was refused"],
  ["a silence that turns out to be a refusal", [ok, dead, dead, refused], "hard", true, "the check was refused"],
  ["silence after a refusal proves nothing new", [ok, refused, dead, dead], "hard", true, "the check was refused"],
  ["a worker that returns", [ok, refused, ok], "up", false, "a check passed"],
  ["a worker that leaves on purpose", [ok, leaving], "draining", false, "it said that it is leaving"],
  ["a worker that has left", [ok, leaving, refused], "hard", true, "the check was refused"],
  [
    "a worker that dies while it leaves",
    [ok, leaving, dead, dead],
    "soft",
    true,
    "its machine answered none of 2 in a row within 250 ms",
  ],
];

for (const [name, evidence, verdict, isGone, reason] of cases) {
  test(name, () => {
    const health = after(evidence);
    assert.deepEqual(
      { verdict: health.verdict, isGone: health.isGone, reason: health.reason },
      { verdict, isGone, reason },
    );
  });
}

test("a silence that lasts is no hiccup: the worker is hard, and what hangs there is given up", () => {
  const silent = Array.from({ length: 36 }, () => hung);
  assert.equal(after([ok, ...silent.slice(0, 30)]).verdict, "soft");
  const health = after([ok, ...silent]);
  assert.equal(health.verdict, "hard");
  assert.equal(health.isGone, true);
  assert.equal(health.reason, "no check was answered for 3000 ms");
});

test("rise counts good checks in a row", () => {
  const slow = { ...limits, rise: 3 };
  assert.equal(after([ok, ok, dead, ok, ok], slow).verdict, "absent");
  const health = after([ok, ok, dead, ok, ok, ok], slow);
  assert.equal(health.verdict, "up");
  assert.equal(health.reason, "3 checks in a row passed");
});

test("a verdict that repeats keeps its time", () => {
  assert.equal(after([ok, refused, refused, refused]).sinceMs, 200);
});

test("each false alarm doubles the silence that it takes, up to a limit, until it is forgotten", () => {
  const silences = (count: number) => Array.from({ length: count }, () => dead);
  const once = [ok, ...silences(2), ok];
  assert.equal(after([...once, ...silences(3)]).verdict, "up");
  assert.equal(after([...once, ...silences(4)]).verdict, "soft");
  const often = [...once, ...silences(4), ok, ...silences(8), ok];
  assert.equal(after([...often, ...silences(7)]).verdict, "up");
  assert.equal(after([...often, ...silences(8)]).verdict, "soft", "the patience grew beyond its limit");
  const calm = Array.from({ length: 20 }, () => ok);
  assert.equal(after([...once, ...calm, ...silences(2)]).verdict, "soft", "a false alarm was never forgotten");
});

test("one that was really away gets no more patience for it", () => {
  assert.equal(after([ok, refused, ok, dead, dead]).verdict, "soft");
});

test("a worker that has just come into use may stumble, which is soon forgotten", () => {
  const young = { ...limits, youngMs: 1_000, falseAlarmsLastMs: 60_000 };
  const silences = (count: number) => Array.from({ length: count }, () => dead);
  for (const back of [[ok], [ok, refused, ok]]) {
    assert.equal(after([...back, ...silences(3)], young).verdict, "up");
    assert.equal(after([...back, ...silences(4)], young).verdict, "soft");
  }
  const stumbled = [ok, ...silences(4), ok, ...Array.from({ length: 10 }, () => ok)];
  assert.equal(after([...stumbled, ...silences(2)], young).verdict, "soft");
});
