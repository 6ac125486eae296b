import assert from "node:assert/strict";
import { test } from "node:test";
import { readAnswers } from "./sendRequests.ts";

test("only answers with 200 count, each for the worker that gave it, and every other says what came instead", () => {
  const written = [
    "200\t0.012\tbk/web-1\t",
    "503\t0.003\tbk/web-1\t",
    "200\t1.011\tmb/web-1\t",
    "000\t12.001\t\tOperation timed out after 12001 milliseconds with 0 bytes received",
    "200\t0.010\tbk/web-1\t",
    "200\t0.020\tbk/web-1\ttransfer closed with 9 bytes remaining to read\n",
  ].join("\n");
  const { failures, slow, spread } = readAnswers(written, 7);
  assert.deepEqual(failures, [
    "#2: 503 after 0.003 s",
    "#4: Operation timed out after 12001 milliseconds with 0 bytes received after 12.001 s",
    "#6: transfer closed with 9 bytes remaining to read after 0.020 s",
    "#7: never sent",
  ]);
  assert.deepEqual(Object.fromEntries(spread), { "bk/web-1": 2, "mb/web-1": 1 });
  assert.equal(slow, 1);
  assert.equal(readAnswers("", 5).failures.length, 5);
});
