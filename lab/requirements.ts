import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { LabError } from "./labError.ts";

const programs = [
  "ip",
  "unshare",
  "nsenter",
  "setsid",
  "sysctl",
  "tini",
  "mkfs.ext4",
  "fsfreeze",
  "libvirtd",
  "virsh",
  "qemu-system-x86_64",
];

/** Rejects ERR_LAB_FAILED, naming everything at once, if this machine cannot run a lab. */
export async function checkRequirements(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new LabError("ERR_LAB_FAILED", "a lab needs root to make network namespaces: run it as root or with sudo.");
  }
  const missing = (await Promise.all(programs.map(async (name) => ((await isOnPath(name)) ? [] : [name])))).flat();
  if (missing.length === 0) return;
  throw new LabError("ERR_LAB_FAILED", `missing programs: ${missing.join(", ")}; \`make setup\` installs them.`);
}

async function isOnPath(name: string): Promise<boolean> {
  const dirs = (process.env.PATH ?? "").split(delimiter);
  const found = dirs.map((dir) => access(join(dir, name), constants.X_OK));
  return Promise.any(found).then(
    () => true,
    () => false,
  );
}
