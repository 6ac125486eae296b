import assert from "node:assert/strict";
import { test } from "node:test";
import { boundMedian, quantile, rateUpperBound, summarize } from "./statistics.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 5e-4, `${found} is not ${expected}`);

test("quantiles interpolate between order statistics", () => {
  assert.equal(quantile([7], 0.5), 7);
  assert.equal(quantile([1, Infinity, Infinity], 0.75), Infinity);
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.equal(quantile(upTo(101), 0.95), 96);
});

test("the bound of a rate is Clopper and Pearson's", () => {
  close(rateUpperBound(0, 20), 0.1391); // 1 - 0.05^(1/20)
  close(rateUpperBound(0, 10), 0.2589);
  close(rateUpperBound(1, 20), 0.2161);
  close(rateUpperBound(3, 1000), 0.00773);
  close(rateUpperBound(0, 100_000), 0.00003);
  assert.equal(rateUpperBound(4, 4), 1);
});

test("the median of ten runs lies between the second and the ninth", () => {
  assert.deepEqual(boundMedian(upTo(10)), { low: 2, high: 9 });
  assert.deepEqual(boundMedian(upTo(20)), { low: 6, high: 15 });
  assert.deepEqual(boundMedian(upTo(6)), { low: 1, high: 6 });
});

test("five runs bound no median, and no run has no summary", () => {
  assert.equal(summarize([])?.n, undefined);
  assert.equal(summarize(upTo(5))?.medianInterval, undefined);
  const summary = summarize([3, 1, 2]);
  assert.deepEqual([summary?.n, summary?.min, summary?.median, summary?.max], [3, 1, 2, 3]);
});
