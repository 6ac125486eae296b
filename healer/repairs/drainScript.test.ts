import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { drainScript, undrainScript } from "./drainScript.ts";

const dir = mkdtempSync(join(tmpdir(), "vigil-drain-"));
after(() => rmSync(dir, { recursive: true }));
const file = join(dir, "run", "drain");

/** Runs the script in a machine whose service answers so, one look after the other and then as at last. */
function runWith(answers: readonly string[], limitMs = 60_000) {
  const lines = answers.map((answer, index) => `${index}) echo '${answer}' ;;`).join("\n");
  const count = join(dir, "count");
  rmSync(count, { force: true });
  const nc = `#!/bin/sh\nn=$(cat ${count} 2>/dev/null || echo 0)\n[ $n -lt ${answers.length - 1} ] && echo $((n + 1)) >${count}\ncase $n in\n${lines}\nesac\n`;
  writeFileSync(join(dir, "nc"), nc);
  writeFileSync(join(dir, "sleep"), "#!/bin/sh\n");
  for (const name of ["nc", "sleep"]) chmodSync(join(dir, name), 0o755);
  const env = { PATH: `${dir}:${process.env.PATH}` };
  const { status, stderr } = spawnSync("sh", ["-s"], { input: drainScript(limitMs, file), env, encoding: "utf8" });
  return { status, said: stderr.trim(), looks: existsSync(count) };
}

const ok = '{"site":"demo","slot":"bk/web-1","status":"OK"}';
const busy = '{"site":"demo","slot":"bk/web-1","status":"DRAINING","inFlight":3}';
const done = '{"site":"demo","slot":"bk/web-1","status":"DRAINING","inFlight":0}';

test("a worker is drained when no request has been under way there for a while", () => {
  assert.deepEqual(runWith([ok, busy, busy, done]), { status: 0, said: "", looks: true });
  assert.ok(existsSync(file));
  assert.equal(spawnSync("sh", ["-s"], { input: undrainScript(file) }).status, 0);
  assert.equal(existsSync(file), false);
});

test("a service that does not answer has nothing to finish", () => {
  assert.equal(runWith([""]).status, 0);
});

test("requests that do not end are told of, and the worker stays out", () => {
  const { status, said } = runWith([busy], 2_000);
  assert.deepEqual([status, said], [1, "requests are still under way there after 2 s"]);
  assert.ok(existsSync(file));
});

test("a service that knows no draining is left in rotation, and that is said", () => {
  const { status, said } = runWith([ok]);
  assert.equal(status, 1);
  assert.match(said, /^its service takes no notice of .*: deploy an image whose service drains$/);
  assert.equal(existsSync(file), false);
});
