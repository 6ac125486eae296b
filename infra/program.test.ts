import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { exampleConfig } from "../test/support/exampleConfig.ts";

test("a plan that does not survive the loss of a host is a RunError before anything is declared", async () => {
  let declared = 0;
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        declared += 1;
        return { id: args.name, state: args.inputs };
      },
      call: (args) => args.inputs,
    },
    "vigil",
    "bk",
  );
  const flat = exampleConfig("bk");
  const site = JSON.parse(flat["vigil:site"] ?? "");
  delete site.hosts.mb;
  pulumi.runtime.setAllConfig({ ...flat, "vigil:site": JSON.stringify(site) });
  const { declareStack } = await import("./program.ts");
  await assert.rejects(declareStack(), (error) => {
    assert.ok(pulumi.RunError.isInstance(error));
    assert.match(error.message, /Pulumi\.yaml: vigil:site\.hosts\.bk\n/);
    assert.match(error.message, /found: without bk no host remains/);
    assert.match(error.message, /to do: .*acceptLossOf: \[bk\]/);
    return true;
  });
  assert.equal(declared, 0);
  await pulumi.runtime.disconnect();
});
