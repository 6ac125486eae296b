import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figures, Run } from "./case.ts";
import { repair, repairBalancer } from "./repair.ts";

test("each claim is judged against its own method, at its own limit", () => {
  const theirs = [...by("virsh", { awayMs: 10_000 }), ...by("by-hand-reconstructed", { awayMs: 75_000 })];
  const tofu = by("tofu", { awayMs: 99_000, replaceMs: 10_000 });
  const at = (awayMs: number, replaceMs: number) => {
    return repair.judge([...by("vigil", { awayMs, replaceMs, drifted: 0 }), ...theirs, ...tofu]).map(({ met }) => met);
  };
  assert.deepEqual(at(15_000, 13_000), [true, true, true, true]);
  assert.deepEqual(at(15_100, 13_000), [true, false, false, true]);
  assert.deepEqual(at(15_000, 13_100), [true, true, true, false]);
});

test("a claim says what it found, and the by-hand one whose reconstruction it is", () => {
  const runs = [...by("vigil", { awayMs: 20_000 }), ...by("by-hand-reconstructed", { awayMs: 40_000 })];
  const check = repair.judge(runs).at(-1);
  assert.match(check?.claim ?? "", /as we have reconstructed it/);
  assert.equal(check?.found, "20.0 s against 40.0 s: 0.50 x");
});

test("drift is a loss on any machine", () => {
  const [check] = repair.judge(by("vigil", { awayMs: 1, drifted: 1 }));
  assert.deepEqual([check?.about, check?.met, check?.found], ["loss", false, "1 of 1 times there was some"]);
});

test("what was left out is not judged, and nothing is if ours was", () => {
  assert.equal(repair.judge(by("vigil", { awayMs: 1, drifted: 0 })).length, 1);
  assert.deepEqual(repairBalancer.judge(by("virsh", { awayMs: 1 })), []);
});

test("an address that moves back, or has two holders, is found", () => {
  const judged = (figures: Figures) => {
    return repairBalancer.judge(by("vigil", { drifted: 0, ...figures })).map(({ met }) => met);
  };
  assert.deepEqual(judged({ moves: 1, twoHoldersMs: 0 }), [true, true, true]);
  assert.deepEqual(judged({ moves: 2, twoHoldersMs: 40 }), [false, false, true]);
});

test("the report shows the waterfall, and says what is reconstructed and what never repairs", () => {
  const said = repair.tell?.(by("vigil", { detectMs: 400, engineMs: 700, bootMs: 5_000 })) ?? "";
  assert.match(said, /detect {7}0\.40 s {2}#/);
  assert.match(said, /engine {7}0\.70 s {3}/);
  assert.match(said, /our reconstruction/);
  assert.match(said, /tuned pair .* never repairs/);
});

function by(pair: string, figures: Figures): Run[] {
  return [{ pair, index: 0, figures }];
}
