import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runAny } from "../host/run.ts";

const checkout = join(import.meta.dirname, "..");

const lacking: string[] = [];
for (const program of ["python3", "systemd-notify"]) {
  if ((await runAny([program, "--version"]).catch(() => undefined))?.code !== 0) lacking.push(program);
}
const skip = lacking.length > 0 && `this machine has no ${lacking.join(" and no ")}`;

/** Gets on as a healer does. Its first life ends in a loop without end, its second with an error. */
const service = (lives: string) => `
import { appendFileSync, readFileSync } from "node:fs";
import { ServiceManager } from "${checkout}/healer/serviceManager.ts";
import { startTicks } from "${checkout}/healer/signals/ticks.ts";
const manager = new ServiceManager(process.env, console);
startTicks({}, () => manager.gotOn(performance.now(), () => "on"));
await manager.ready("on");
appendFileSync("${lives}", "began ");
const life = readFileSync("${lives}", "utf8").split("began").length - 1;
if (life === 1) setTimeout(() => { for (;;) {} }, 4_000);
if (life === 2) setTimeout(() => process.exit(7), 100);
process.on("SIGTERM", () => { appendFileSync("${lives}", "ended "); process.exit(0); });
`;

test("a service is started anew when its loop is blocked and when it ends, and ends with its keeper", {
  skip,
}, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-kept-"));
  t.after(() => rm(dir, { recursive: true }));
  const [unit, program, lives] = ["kept.service", "kept.mjs", "lives"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(program, service(lives));
  await writeFile(unit, `[Service]\nExecStart=${process.execPath} ${program}\nWatchdogSec=3\nRestartSec=0.1\n`);
  const keeper = spawn("python3", [join(checkout, "lab", "keepUnit.py"), unit], { detached: true });
  // A loop without end outlives a keeper that does not get to its end.
  t.after(() => runAny(["pkill", "--signal", "KILL", "--pgroup", `${keeper.pid}`]));
  let said = "";
  keeper.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const ended = new Promise((resolve) => keeper.once("close", resolve));

  const deadlineMs = performance.now() + 60_000;
  const seen = () => readFile(lives, "utf8").catch(() => "");
  while ((await seen()) !== "began began began ") {
    assert.ok(performance.now() < deadlineMs, `it lived: ${await seen()}; its keeper said: ${said}`);
    await sleep(50);
  }
  keeper.kill("SIGTERM");
  assert.equal(await ended, 0);
  assert.equal(await seen(), "began began began ended ");
  assert.deepEqual(said.split("\n").filter(Boolean), [
    "keepUnit: no sign of life for 3 s: killed",
    "keepUnit: it ended with -9, and is started again",
    "keepUnit: it ended with 7, and is started again",
  ]);
});
