import { mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { runRoot } from "./lab.ts";
import { draftOf, writeRecord } from "./writeRecord.ts";

/** Where a virtual host mounts its own folders. On a machine that is only a workbench these do not exist. */
const mountPoints = ["/opt/vigil", "/var/lib/vigil", "/var/cache/vigil"];

/** The folders that were made here, so that the last lab can remove them and nothing that belongs to a real host. */
const madePath = join(runRoot, "mountPoints.json");

export async function ensureMountPoints(): Promise<void> {
  const made = await readMade();
  for (const path of mountPoints) {
    // The record comes first: a folder that is on record and was never made is harmless, the reverse stays for ever.
    const isNew = !(await exists(path));
    if (isNew) await writeRecord(madePath, [...new Set([...made, path])]);
    if (isNew) made.push(path);
    await mkdir(path, { recursive: true });
  }
}

/**
 * Removes the mount points that labs have made, once no lab is left. Removing one while a virtual host runs would take
 * the mounts on it away from under that host.
 */
export async function releaseMountPoints(): Promise<void> {
  const entries = await readdir(runRoot).catch(() => []);
  const own = [madePath, draftOf(madePath)];
  if (entries.some((entry) => !own.includes(join(runRoot, entry)))) return;
  for (const path of await readMade()) await rmdir(path).catch(keepWhatIsUsed);
  for (const path of own) await rm(path, { force: true });
  await rmdir(runRoot).catch(keepWhatIsUsed);
}

/** A folder that somebody has filled meanwhile is no longer the lab's to remove. */
function keepWhatIsUsed(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY" && error.code !== "ENOENT") throw error;
}

async function readMade(): Promise<string[]> {
  const text = await readFile(madePath, "utf8").catch(() => "[]");
  return JSON.parse(text) as string[];
}

async function exists(path: string): Promise<boolean> {
  return (await readdir(path).catch(() => undefined)) !== undefined;
}
