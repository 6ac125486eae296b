import assert from "node:assert/strict";
import { test } from "node:test";
import { programDigest } from "../infra/programDigest.ts";
import { testOutputs } from "../test/support/apiFixture.ts";
import { pendingChanges, staleRelease } from "./pendingChanges.ts";

test("a release that is not the deployed one is told with both", () => {
  assert.equal(staleRelease(programDigest()), undefined);
  assert.match(
    staleRelease("d".repeat(64)) ?? "",
    /^release dddddddddddd is deployed, and this is release [0-9a-f]{12}: /,
  );
});

test("files that cannot be deployed are told without all that is wrong in them", async () => {
  // The stack file of the checkout lacks what `vigil host prepare` adds.
  const applied = { ...testOutputs.applied, programDigest: programDigest() };
  assert.deepEqual(await pendingChanges({ applied }), [
    "the files of stack bk are wrong, so nothing can be deployed: `vigil plan bk` says what to correct.",
  ]);
});
