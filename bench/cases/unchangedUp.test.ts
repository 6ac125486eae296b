import assert from "node:assert/strict";
import { test } from "node:test";
import { unchangedUp } from "./unchangedUp.ts";

test("an unchanged update may take 1.2 x the minimal program's", () => {
  const at = (upMs: number) => {
    const [check] = unchangedUp.judge([
      { pair: "vigil", index: 0, figures: { upMs } },
      { pair: "minimal", index: 0, figures: { upMs: 2_000 } },
    ]);
    return [check?.met, check?.found];
  };
  assert.deepEqual(at(2_400), [true, "2.40 s against 2.00 s: 1.20 x"]);
  assert.deepEqual(at(2_500), [false, "2.50 s against 2.00 s: 1.25 x"]);
});
