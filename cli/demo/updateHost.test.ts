import assert from "node:assert/strict";
import { test } from "node:test";
import { describeStep, diagnosedErrors } from "./updateHost.ts";

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

test("of the diagnostics only the errors are told", () => {
  const log = `Updating (bk):
 +  libvirt:index:Domain web-1 created (1s)

Diagnostics:
  command:local:Command (web-1-verified):
    web-1: verified

  command:remote:Command (lb-1-nginx):
    error: remote command failed

  pulumi:pulumi:Stack (vigil-bk):
    error: update failed

Resources:
    + 29 created
`;
  const errors = `  command:remote:Command (lb-1-nginx):
    error: remote command failed
  pulumi:pulumi:Stack (vigil-bk):
    error: update failed`;
  assert.equal(diagnosedErrors(log), errors);
  assert.equal(diagnosedErrors("error: could not start"), "");
});
