import assert from "node:assert/strict";
import { test } from "node:test";
import { openShell } from "./shell.ts";

const open = () => openShell({ argv: ["sh"], env: process.env });

test("commands run one after another in one shell", async () => {
  const shell = open();
  assert.equal((await shell.run("word=kept; echo first")).output, "first\n");
  const { code, output, sentMs, doneMs } = await shell.run('printf %s "$word"; echo oops >&2; false');
  assert.deepEqual([code, output], [1, "keptoops\n"]);
  assert.ok(sentMs <= doneMs);
  shell.close();
});

test("a shell that ends says why", async () => {
  const shell = open();
  await assert.rejects(shell.run("echo no such guest >&2; exit 255"), /ended/);
});

test("a command that takes too long ends the shell", async () => {
  const shell = open();
  await assert.rejects(shell.run("sleep 5", 50), /took over 50 ms/);
  await assert.rejects(shell.run("true"), /ended/);
});
