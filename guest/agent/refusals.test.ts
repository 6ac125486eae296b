import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Refusals } from "./refusals.ts";

test("each line is a refused request, and the file does not grow for ever", async (context) => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-refusals-"));
  context.after(() => rm(dir, { recursive: true }));
  const path = join(dir, "refused");
  const refusals = new Refusals(path);
  refusals.refresh();
  assert.equal(refusals.count, 0);

  await appendFile(path, ".\n".repeat(3));
  refusals.refresh();
  assert.equal(refusals.count, 3);

  await appendFile(path, ".\n".repeat(600_000));
  refusals.refresh();
  assert.equal(refusals.count, 600_003);
  assert.equal((await stat(path)).size, 0);

  await appendFile(path, ".\n");
  refusals.refresh();
  assert.equal(refusals.count, 600_004);
});
