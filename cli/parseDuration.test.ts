import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "./parseDuration.ts";

test("a duration has a number and a unit", () => {
  assert.equal(parseDuration("90s"), 90_000);
  assert.equal(parseDuration("30m"), 1_800_000);
  assert.equal(parseDuration("1h"), 3_600_000);
});

test("what could mean something else is refused", () => {
  for (const text of ["", "30", "m", "0m", "-1h", "1.5h", "1d", "1 h", "1h30m", "9999999s"])
    assert.throws(() => parseDuration(text), /Write it as 90s, 30m or 1h/, text);
});
