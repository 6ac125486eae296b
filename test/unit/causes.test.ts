import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cause, causes } from "../../healer/core/causes.ts";
import { faults } from "../../lab/faults.ts";

test("the lab can bring about what the table of causes says it can", () => {
  for (const [name, { fault }] of Object.entries<Cause>(causes)) {
    if (fault !== undefined) assert.ok(fault in faults, `${name}: the lab has no fault ${fault}`);
  }
});
