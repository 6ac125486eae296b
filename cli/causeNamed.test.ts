import assert from "node:assert/strict";
import { test } from "node:test";
import { causeNamed } from "./causeNamed.ts";
import { HealerError } from "./healerError.ts";

test("a cause is found by its name and by its title", () => {
  assert.equal(causeNamed("machineCrashed").title, "VM crashed");
  assert.equal(causeNamed("vm crashed").name, "machineCrashed");
});

test("what is no cause is answered with all of them, and with what else may have been meant", () => {
  assert.throws(
    () => causeNamed("web-1"),
    (error) =>
      error instanceof HealerError &&
      error.code === "ERR_USAGE" &&
      /there is no cause web-1\. Name a host .* serviceDead, .*notListening/.test(error.message),
  );
});
