/** `lab down` leaves nothing, whenever `lab up` was killed. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, glob, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { checkout } from "../../cli/place.ts";
import { run } from "../../host/run.ts";
import { hostFolders } from "../../infra/paths.ts";
import { hostDirs, labNamed, namespaceOf } from "../../lab/lab.ts";
import { mountsOf } from "../../lab/labDown.ts";
import { namespacesOf } from "../../lab/namespaces.ts";
import { processesOf } from "../../lab/processes.ts";
import { pathOnHost } from "../../lab/virtualHost.ts";

const lab = labNamed("crash");
const vigil = join(checkout, "cli", "vigil");
const bk = hostDirs(lab, "bk");

/** Moments in the life of `lab up`, each told by something that it makes. */
const moments = [
  { when: "it has claimed the name", isReached: () => exists(lab.ownerPath) },
  { when: "the first namespace is there", isReached: () => exists(`/run/netns/${namespaceOf(lab, "switch")}`) },
  { when: "the first host starts", isReached: () => exists(bk.log) },
  { when: "libvirtd has its socket", isReached: () => exists(join(bk.run, "libvirt", "libvirt-sock")) },
  { when: "an image is half imported", isReached: () => existsOnHost("bk", join(hostFolders.imageDir, "*.new")) },
];

after(() => run([vigil, "lab", "down", "--lab", lab.name, "--force"]));

for (const { when, isReached } of moments) {
  test(`lab down leaves nothing of a lab up that was killed when ${when}`, { timeout: 30_000 }, async () => {
    await killedUp(isReached);
    await run([vigil, "lab", "down", "--lab", lab.name]);
    await assertNothingLeft();
  });
}

test("lab up completes what a killed lab up has begun, and lab down leaves nothing of that either", {
  timeout: 60_000,
}, async () => {
  await killedUp(() => exists(join(bk.run, "libvirt", "libvirt-sock")));
  await run([vigil, "lab", "up", "--lab", lab.name]);
  const shown = JSON.parse(await run([vigil, "lab", "status", "--lab", lab.name, "-o", "json"])) as {
    hosts: { power: string; libvirtd: string; port: string }[];
  };
  assert.deepEqual(
    shown.hosts.map(({ power, libvirtd, port }) => ({ power, libvirtd, port })),
    shown.hosts.map(() => ({ power: "on", libvirtd: "answers", port: "up" })),
  );
  await run([vigil, "lab", "down", "--lab", lab.name]);
  await assertNothingLeft();
});

/** Starts `lab up` and kills it, and only it, as soon as the moment is reached. */
async function killedUp(isReached: () => Promise<boolean>): Promise<void> {
  const up = spawn(vigil, ["lab", "up", "--lab", lab.name], { stdio: "ignore" });
  const exited = once(up, "exit");
  while (up.exitCode === null && !(await isReached())) await sleep(1);
  assert.equal(up.exitCode, null, "lab up ended before the moment to kill it came");
  up.kill("SIGKILL");
  await exited;
}

async function assertNothingLeft(): Promise<void> {
  assert.deepEqual(await namespacesOf(lab), [], "namespaces");
  assert.deepEqual(await processesOf(lab), [], "processes in the lab's namespaces, or marked as its own");
  assert.deepEqual(await mountsOf(lab), [], "mounts");
  assert.deepEqual(await processesThatSeeTheLab(), [], "processes in a mount namespace of the lab");
  for (const dir of [lab.persistentDir, lab.runDir]) assert.equal(await exists(dir), false, `${dir} is still there`);
}

/** A process of a virtual host shows the lab's folders among its mounts, whatever else it has lost. */
async function processesThatSeeTheLab(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const seeing = pids.map(async (pid) => {
    const mounts = await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => "");
    return mounts.includes(lab.persistentDir) || mounts.includes(lab.runDir) ? [pid] : [];
  });
  return (await Promise.all(seeing)).flat();
}

/** The same of a path as a virtual host sees it; false while the host is off. */
async function existsOnHost(host: string, path: string): Promise<boolean> {
  const seen = await pathOnHost(lab, host, path).catch(() => undefined);
  return seen !== undefined && exists(seen);
}

/** Whether a path, whose last part may be a pattern, is there. */
async function exists(path: string): Promise<boolean> {
  if (!path.includes("*")) {
    return access(path).then(
      () => true,
      () => false,
    );
  }
  for await (const _ of glob(path)) return true;
  return false;
}
