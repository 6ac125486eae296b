import assert from "node:assert/strict";
import { test } from "node:test";
import { spellDuration } from "./spellDuration.ts";

test("a duration is told in its greatest unit, and never below nothing", () => {
  const spelled = [-5, 0, 812, 9_949, 9_950, 31_400, 119_000, 120_000, 7_199_000, 7_200_000, 172_799_000, 172_800_000];
  assert.deepEqual(spelled.map(spellDuration), [
    "0.0 s",
    "0.0 s",
    "0.8 s",
    "9.9 s",
    "10 s",
    "31 s",
    "119 s",
    "2 min",
    "120 min",
    "2 h",
    "48 h",
    "2 d",
  ]);
});
