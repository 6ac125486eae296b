import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { tellNews } from "./tellNews.ts";

test("what only counts on is told again after a while, and what is new at once", async () => {
  const lines: string[] = [];
  const tell = tellNews((line) => lines.push(line), 20);
  for (const silentMs of [600, 900]) tell(`no heartbeat for ${silentMs} ms`);
  tell("1 of 2 workers serve");
  tell("2 of 2 workers serve");
  assert.deepEqual(lines, ["no heartbeat for 600 ms", "1 of 2 workers serve", "2 of 2 workers serve"]);
  await sleep(30);
  tell("2 of 2 workers serve");
  assert.equal(lines.length, 4);
});
