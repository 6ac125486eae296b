import assert from "node:assert/strict";
import { test } from "node:test";
import { HostError } from "./hostError.ts";
import { requirePlaces } from "./requirePlaces.ts";

test("a service is not installed where it would not see its own program", async () => {
  for (const path of ["/tmp/vigil", "/var/tmp/vigil"]) {
    const expected = (error: unknown) => error instanceof HostError && error.message.includes(`does not see ${path}`);
    await assert.rejects(requirePlaces(path, "/var/cache/vigil"), expected);
    await assert.rejects(requirePlaces("/opt/vigil", path), expected);
  }
});

test("a service is not installed before the machine is set up", async () => {
  await assert.rejects(
    requirePlaces("/opt/vigil", "/nowhere"),
    /^HostError: \/nowhere\/bin\/node is missing: run `make setup` in \/opt\/vigil/,
  );
});
