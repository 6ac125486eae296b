import assert from "node:assert/strict";
import { test } from "node:test";
import { LoopGuard } from "./loopGuard.ts";

test("a tick in time is no stall, nor is one that is a little late", () => {
  const guard = new LoopGuard(50, 125, 0);
  assert.equal(guard.tick(50), 0);
  assert.equal(guard.tick(225), 0);
  assert.equal(guard.stalledSince(0), false);
});

test("a stall voids what started before it was noticed, and nothing that starts afterwards", () => {
  const guard = new LoopGuard(50, 125, 0);
  guard.tick(50);
  assert.equal(guard.tick(3050), 2950);
  assert.equal(guard.stalledSince(40), true);
  assert.equal(guard.stalledSince(3051), false);
});
