import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Heard } from "./heard.ts";
import { LineChild } from "./lineChild.ts";

test("a program that ends is started again, and why it ended is logged once", async (t) => {
  const heard = new Heard();
  const lines: string[] = [];
  const argv = ["sh", "-c", "echo here; echo broken >&2; exit 3"] as const;
  const child = new LineChild({
    argv: [...argv],
    log: heard.log,
    onLine: (line) => lines.push(line),
    firstRetryMs: 10,
  });
  t.after(() => child.close());
  await heard.until(() => lines.length >= 3);
  assert.deepEqual(lines.slice(0, 3), ["here", "here", "here"]);
  assert.equal(heard.logged.length, 1);
  assert.match(heard.logged.join(), /broken/);
});

test("the close ends the program, and no other one comes", async () => {
  const heard = new Heard();
  const pids: number[] = [];
  const argv = ["sh", "-c", "echo $$; exec sleep 60"] as const;
  const child = new LineChild({
    argv: [...argv],
    log: heard.log,
    onLine: (line) => pids.push(Number(line)),
    firstRetryMs: 5,
  });
  await heard.until(() => pids.length === 1);
  await child.close();
  assert.throws(() => process.kill(pids[0] ?? 0, 0), { code: "ESRCH" });
  await sleep(50);
  assert.equal(pids.length, 1);
});

test("a program that is not there is tried again and does no harm", async (t) => {
  const heard = new Heard();
  const child = new LineChild({ argv: ["/nonexistent/program"], log: heard.log, onLine: () => {}, firstRetryMs: 5 });
  t.after(() => child.close());
  await heard.until(() => heard.logged.length > 0);
  assert.match(heard.logged.join(), /ENOENT/);
  assert.equal(child.isRunning, false);
});
