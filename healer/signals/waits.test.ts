import assert from "node:assert/strict";
import { test } from "node:test";
import { Waits } from "./waits.ts";

const running = { state: "running", reason: "booted" } as const;

test("the share is that of the time between two readings of one start", () => {
  const waits = new Waits();
  assert.equal(waits.share("web-1", { fact: { ...running, id: 1 }, waitedMs: 5_000 }, 0), undefined);
  assert.equal(waits.share("web-1", { fact: { ...running, id: 1 }, waitedMs: 5_250 }, 1_000), 0.25);
  assert.equal(waits.share("web-1", { fact: { ...running, id: 1 }, waitedMs: 5_260 }, 1_100), undefined);
  assert.equal(waits.share("web-1", { fact: { ...running, id: 1 }, waitedMs: 7_250 }, 2_000), 1);
  assert.equal(waits.share("web-1", { fact: { ...running, id: 2 }, waitedMs: 8_000 }, 3_000), undefined);
  assert.equal(waits.share("web-1", { fact: { ...running, id: 2 }, waitedMs: 8_000 }, 4_000), 0);
});

test("a libvirt that does not count it says nothing", () => {
  const waits = new Waits();
  assert.equal(waits.share("web-1", { fact: running }, 0), undefined);
  assert.equal(waits.share("web-1", { fact: running }, 1_000), undefined);
});
