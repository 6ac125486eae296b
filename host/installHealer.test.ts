import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { healerUnit } from "./healerUnit.ts";
import { installHealer, type Systemd, uninstallHealer } from "./installHealer.ts";

/** A folder for units, and a service manager that notes what it is asked for. */
async function fakeSystemd(t: TestContext): Promise<Systemd & { asked: string[] }> {
  const unitDir = await mkdtemp(join(tmpdir(), "vigil-units-"));
  t.after(() => rm(unitDir, { recursive: true }));
  const asked: string[] = [];
  return { unitDir, asked, control: async (...command) => void asked.push(command.join(" ")) };
}

test("an installed healer runs by what its unit says now, and is left alone if it does already", async (t) => {
  const systemd = await fakeSystemd(t);
  assert.equal(await installHealer("one", systemd), "installed");
  assert.equal(await installHealer("one", systemd), "unchanged");
  assert.equal(await installHealer("two", systemd), "installed");
  assert.equal(await readFile(join(systemd.unitDir, healerUnit), "utf8"), "two");
  const prepared = ["daemon-reload", `enable ${healerUnit}`];
  const expected = ["restart", "start", "restart"].flatMap((how) => [...prepared, `${how} ${healerUnit}`]);
  assert.deepEqual(systemd.asked, expected);
});

test("a healer that does not start stays installed, and whoever installs it hears of it", async (t) => {
  const systemd = await fakeSystemd(t);
  const control = async (verb?: string) => {
    if (verb === "restart") throw new Error("Job for vigil-healer.service failed");
  };
  await assert.rejects(installHealer("one", { ...systemd, control }), /Job for vigil-healer\.service failed/);
  assert.deepEqual(await readdir(systemd.unitDir), [healerUnit]);
});

test("an uninstalled healer is ended before its unit goes; doing it again does nothing", async (t) => {
  const systemd = await fakeSystemd(t);
  await installHealer("one", systemd);
  systemd.asked.length = 0;
  assert.equal(await uninstallHealer(systemd), "removed");
  assert.equal(await uninstallHealer(systemd), "absent");
  assert.deepEqual(systemd.asked, [`disable --now ${healerUnit}`, "daemon-reload"]);
  assert.deepEqual(await readdir(systemd.unitDir), []);
});
