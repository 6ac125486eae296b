import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../host/run.ts";
import { type Lab, persistentRoot } from "./lab.ts";
import { LabError } from "./labError.ts";
import { withLabLock } from "./labLock.ts";
import { releaseMountPoints } from "./mountPoints.ts";
import { deleteNamespace, namespacesOf } from "./namespaces.ts";
import { requireOwn } from "./owner.ts";
import { killAll, processesOf } from "./processes.ts";
import { thawDisks } from "./virtualHost.ts";

/**
 * Removes everything that a lab may have left, also after `lab up` was killed at any point: processes first, since mounts
 * and wires go with them, then namespaces, then folders. It looks for what is there, not for what was recorded. Safe to
 * repeat, and does nothing if there is no such lab.
 */
export async function labDown(lab: Lab, options: { checkout: string; force: boolean }): Promise<void> {
  if (!options.force) await requireOwn(lab, options.checkout);
  await withLabLock(lab, "vigil lab down", async () => {
    for (const host of await hostsOf(lab)) await thawDisks(lab, host);
    const left = await killAll(() => processesOf(lab));
    if (left.length > 0) {
      const pids = left.map(({ pid }) => pid).join(", ");
      throw new LabError(
        "ERR_LAB_FAILED",
        `processes ${pids} of lab ${lab.name} do not end although they were killed.`,
      );
    }
    for (const namespace of await namespacesOf(lab)) await deleteNamespace(namespace);
    await unmountAll(lab);
    await rm(lab.persistentDir, { recursive: true, force: true });
    await rm(lab.runDir, { recursive: true, force: true });
    await releaseMountPoints();
    await rmdir(persistentRoot).catch(() => {});
  });
}

/** The hosts that were ever started. */
function hostsOf({ runDir }: Lab): Promise<string[]> {
  return readdir(join(runDir, "hosts")).catch(() => []);
}

/**
 * A lab mounts in private mount namespaces only. Should a mount lie in its folders all the same, removing the folders
 * through it would remove what it shows, so it goes first or nothing does.
 */
async function unmountAll(lab: Lab): Promise<void> {
  for (const path of (await mountsOf(lab)).reverse()) await run(["umount", path]);
}

/** The mounts that this process sees in a lab's folders, outermost first. */
export async function mountsOf(lab: Lab): Promise<string[]> {
  const info = await readFile("/proc/self/mountinfo", "utf8");
  const targets = info.split("\n").flatMap((line) => line.split(" ")[4] ?? []);
  return targets.filter((path) => [lab.persistentDir, lab.runDir].some((dir) => `${path}/`.startsWith(`${dir}/`)));
}
