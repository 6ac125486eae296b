import assert from "node:assert/strict";
import { test } from "node:test";
import { newTarget, type Verdict } from "./targetHealth.ts";
import { workersUpIn } from "./workersUpIn.ts";

test("of each host those count that answer, and a host of which none does has none", () => {
  const pool: Record<string, Verdict> = {
    "bk/web-1": "up",
    "bk/web-2": "draining",
    "bk/web-3": "absent",
    "mb/web-1": "hard",
    "mb/web-2": "soft",
  };
  const targets = Object.entries(pool).map(([id, verdict]) => ({ id, health: { ...newTarget(0), verdict } }));
  assert.deepEqual(workersUpIn(targets), { bk: 2, mb: 0 });
});
