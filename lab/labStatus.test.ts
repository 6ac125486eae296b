import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDomains } from "./labStatus.ts";

test("domains are read from virsh's table", () => {
  assert.deepEqual(parseDomains(" 3   web-1   running\n -   lb-1    shut off\n\n"), [
    { name: "web-1", state: "running" },
    { name: "lb-1", state: "shut off" },
  ]);
  assert.deepEqual(parseDomains(""), []);
});
