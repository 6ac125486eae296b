import assert from "node:assert/strict";
import { test } from "node:test";
import { overriddenWorkers } from "./overriddenWorkers.ts";

test("a number of workers that is not the one of the stack's file is said, with both and the remedy", () => {
  const stack = { host: "bk", workers: 2 };
  assert.equal(overriddenWorkers(stack, {}), undefined);
  assert.equal(overriddenWorkers(stack, { workers: 2 }), undefined);
  assert.equal(
    overriddenWorkers(stack, { workers: 3 }),
    "bk has 3 workers by `vigil scale`, whatever vigil:workers of Pulumi.bk.yaml says (2): `vigil scale bk N` changes it",
  );
});
