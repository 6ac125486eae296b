import assert from "node:assert/strict";
import { test } from "node:test";
import { describeStep } from "./updateHost.ts";

test("the end of a step on a known resource is told, everything else is not", () => {
  assert.equal(describeStep(" +  libvirt:index:Domain web-1 created (1s) "), "domain web-1 created");
  assert.equal(
    describeStep(" ++ command:remote:Command lb-1-nginx replaced (0.31s) ok"),
    "command lb-1-nginx replaced",
  );
  assert.equal(describeStep(" +  libvirt:index:Domain web-1 creating (0s) "), undefined);
  assert.equal(describeStep(" +  vigil:index:WorkerNode web-1 created (2s) "), undefined);
  assert.equal(describeStep(" +  random:index:RandomBytes login-key created (0.01s) "), undefined);
  assert.equal(describeStep("@ updating...."), undefined);
});
