import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { statFields } from "../../host/statFields.ts";

/** Where libvirt's QEMU driver notes the process of each running domain. */
export const qemuRunDir = "/run/libvirt/qemu";

/** Whether the domain's process is stopped by a signal or a debugger. False if it cannot be told. */
export async function isFrozen(domain: string, runDir = qemuRunDir): Promise<boolean> {
  return (await frozenPid(domain, runDir)) !== undefined;
}

/** The domain's process if it is stopped, undefined if it is not or if that cannot be told. */
export async function frozenPid(domain: string, runDir = qemuRunDir): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(join(runDir, `${domain}.pid`), "utf8"), 10);
    const [state] = statFields(await readFile(`/proc/${pid}/stat`, "utf8"));
    return state === "T" || state === "t" ? pid : undefined;
  } catch {
    return undefined;
  }
}
