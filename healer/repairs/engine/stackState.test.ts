import assert from "node:assert/strict";
import { test } from "node:test";
import { testOutputs } from "../../../test/support/apiFixture.ts";
import { parseStackState } from "./stackState.ts";

test("what an update has deleted and not made again is known, and not made", () => {
  const resources = [
    { urn: "stack", type: "pulumi:pulumi:Stack", outputs: { applied: testOutputs.applied } },
    { urn: "disk", type: "libvirt:index/volume:Volume", pendingReplacement: true },
    { urn: "seed", type: "libvirt:index/volume:Volume" },
  ];
  const secrets_providers = { type: "passphrase", state: { salt: "any" } };
  const text = JSON.stringify({ version: 3, checkpoint: { latest: { secrets_providers, resources } } });
  const { urns, madeUrns } = parseStackState(text, "state.json");
  assert.deepEqual(urns, ["stack", "disk", "seed"]);
  assert.deepEqual(madeUrns, ["stack", "seed"]);
});
