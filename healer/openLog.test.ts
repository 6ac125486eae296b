import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { test } from "node:test";

const program = `
  const { openLog } = await import(${JSON.stringify(new URL("openLog.ts", import.meta.url).href)});
  const log = openLog();
  for (let line = 0; line < 3; line += 1) {
    log.info("line");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  process.stderr.write("lives");
`;

test("an output that takes nothing does not end the process", () => {
  const full = openSync("/dev/full", "w");
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  assert.equal(stderr, "lives");
  assert.equal(status, 0);
});

test("lines are written in their order", () => {
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  const lines = stdout.trim().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).msg),
    ["line", "line", "line"],
  );
});
