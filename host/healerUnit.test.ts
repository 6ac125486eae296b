import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { healerUnit, renderHealerUnit } from "./healerUnit.ts";
import { run, runAny } from "./run.ts";

const checkout = join(import.meta.dirname, "..");
const unit = renderHealerUnit({ host: "bk", checkout, cacheDir: "/var/cache/vigil" });

/** What is left of it, and why, stands in docs/adr/0016. */
const maxExposure = 2.9;

test("the unit runs this checkout's healer of this host, with this cache", () => {
  assert.match(unit, new RegExp(`^ExecStart=${checkout}/cli/vigil healer run bk$`, "m"));
  assert.match(unit, /^Environment=VIGIL_CACHE=\/var\/cache\/vigil /m);
  assert.doesNotMatch(unit, /undefined/);
});

test("a path that would mean something else in a unit is refused", () => {
  for (const path of ["/opt/my vigil", "/opt/100%", "/opt/$HOME", "/opt/a\nb", '/opt/"vigil"']) {
    assert.throws(() => renderHealerUnit({ host: "bk", checkout: path, cacheDir: "/var/cache/vigil" }), /in a unit/);
    assert.throws(() => renderHealerUnit({ host: "bk", checkout, cacheDir: path }), /in a unit/);
  }
});

const hasAnalyze = await runAny(["systemd-analyze", "--version"]).then(
  ({ code }) => code === 0,
  () => false,
);

suite(
  "as systemd reads it",
  { skip: hasAnalyze ? false : "this machine has no systemd-analyze (package systemd)" },
  () => {
    let dir: string;
    let path: string;
    before(async () => {
      dir = await mkdtemp(join(tmpdir(), "vigil-unit-"));
      path = join(dir, healerUnit);
      await writeFile(path, unit);
    });
    after(() => rm(dir, { recursive: true }));

    test("nothing in it is wrong or unknown", async () => {
      const argv = ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", path];
      const { code, stdout, stderr } = await runAny(argv);
      assert.deepEqual({ code, said: stdout + stderr }, { code: 0, said: "" });
    });

    test("it may no more than is accounted for", async () => {
      const argv = ["systemd-analyze", "security", "--offline=true", "--no-pager"];
      const said = await run([...argv, path]);
      const exposure = Number(/Overall exposure level for .*: ([\d.]+)/.exec(said)?.[1]);
      assert.ok(exposure <= maxExposure, said);
    });
  },
);
