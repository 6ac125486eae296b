import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkout } from "../../cli/place.ts";
import { mutants } from "../mutants/mutants.ts";

test("the text that each planted mistake changes is there", () => {
  const gone = mutants.filter(({ file, find }) => !readFileSync(join(checkout, file), "utf8").includes(find));
  assert.deepEqual(gone, []);
});
