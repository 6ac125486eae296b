import assert from "node:assert/strict";
import { test } from "node:test";
import { statFields } from "./statFields.ts";

test("the name of a process does not mislead", () => {
  assert.deepEqual(statFields("6447 (qemu-system-x86) T 5980 6445"), ["T", "5980", "6445"]);
  assert.deepEqual(statFields("1 (a) T (b) S 0 1"), ["S", "0", "1"]);
});
