import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { virsh } from "./virsh.ts";

/** Stands in for a domain that is gone until an update deletes it. Any emulator can define it; it is never started. */
export async function stubDomain(
  { libvirtUri, runDir }: RepairPlace,
  { slot, uuid }: Pick<RepairSlot, "slot" | "uuid">,
): Promise<void> {
  const xml = `<domain type="qemu"><name>${slot}</name><uuid>${uuid}</uuid><memory unit="MiB">1</memory><os><type>hvm</type></os></domain>`;
  // virsh opens what it defines by name, and what Node gives a command as its input is a socket, which has none.
  const file = join(runDir, `stub-${slot}.xml`);
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  await writeFile(file, xml);
  await virsh(libvirtUri, ["define", file]).finally(() => rm(file, { force: true }));
}
