import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandError, run, runAny } from "./run.ts";

test("a command gets its input, and its output comes back whole and by line", async () => {
  const lines: string[] = [];
  assert.equal(await run(["cat"], { input: "one\ntwo\n", onLine: (line) => lines.push(line) }), "one\ntwo\n");
  assert.deepEqual(lines, ["one", "two"]);
});

test("a failed command says what was run, how it ended and what it said", async () => {
  await assert.rejects(run(["sh", "-c", "echo no such thing >&2; exit 7"]), (error) => {
    assert.ok(error instanceof CommandError);
    assert.equal(error.finished.code, 7);
    assert.match(error.message, /exited with 7: no such thing/);
    return true;
  });
});

test("a command that takes too long is killed", async () => {
  assert.equal((await runAny(["sleep", "60"], { timeoutMs: 20 })).code, 128 + 9);
});
