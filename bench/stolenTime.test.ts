import assert from "node:assert/strict";
import { test } from "node:test";
import { stolenShare, ticksIn, watchStolen } from "./stolenTime.ts";

const stat = (stolen: number) => `cpu  700 20 180 5000 300 30 40 ${stolen} 90 0\ncpu0 1 2 3\n`;

test("what is idle or waits for a disk is not wanted, and a guest's time is not counted twice", () => {
  assert.deepEqual(ticksIn(stat(30)), { wanted: 1_000, stolen: 30 });
});

test("a fifth of what was wanted was stolen", () => {
  assert.equal(stolenShare({ wanted: 1_000, stolen: 30 }, { wanted: 1_500, stolen: 130 }), 0.2);
  assert.equal(stolenShare(ticksIn(stat(30)), ticksIn(stat(30))), 0);
});

test("what is no /proc/stat is refused", () => {
  assert.throws(() => ticksIn("cpu 1 2 3\n"), RangeError);
  assert.throws(() => ticksIn("intr 1 2 3 4 5 6 7 8\n"), RangeError);
});

test("this machine says how much is stolen", async () => {
  const share = await (await watchStolen())();
  assert.ok(share >= 0 && share <= 1, `${share}`);
});
