import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "./backoff.ts";

test("waits double up to the limit, lose up to a half, and begin anew after a success", () => {
  const longest = new Backoff({ firstMs: 100, maxMs: 1_000, random: () => 0 });
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map(() => longest.nextMs()),
    [100, 200, 400, 800, 1_000, 1_000],
  );
  longest.reset();
  assert.equal(longest.nextMs(), 100);
  assert.equal(new Backoff({ firstMs: 100, maxMs: 1_000, random: () => 0.999 }).nextMs() < 51, true);
});
