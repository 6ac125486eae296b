import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { kernelParameters } from "./kernelParameters.ts";

test("domains boot with the command line that the image was tested with", () => {
  const tested = readFileSync(join(import.meta.dirname, "..", "guest", "image", "cmdline.txt"), "utf8")
    .trim()
    .split(" ");
  const declared = Object.entries(kernelParameters).map(([key, value]) => `${key}=${value}`);
  assert.deepEqual(declared.toSorted(), tested.toSorted());
});
