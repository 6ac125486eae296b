import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { domainState, virsh } from "./virsh.ts";

export interface Stubbed {
  /** What was put in the place of something that is gone, one sentence each. */
  readonly notes: readonly string[];
  /** The seed was lost too and has to be made again. */
  readonly seedLost: boolean;
}

/**
 * Gives an update something to delete: the engine deletes what its state knows before it makes it again, and fails if it
 * is gone. A refresh would drop it from the state instead, but one that fails half-way drops what is still there.
 */
export async function stub(place: RepairPlace, slot: RepairSlot): Promise<Stubbed> {
  const notes: string[] = [];
  const note = (missing: boolean, what: string) => {
    if (missing) notes.push(`${what} of ${slot.slot} was gone; a stub stands in for it until the update deletes it.`);
    return missing;
  };
  note(await stubDomain(place, slot), "the domain");
  note(await stubVolume(place, `${slot.slot}-disk.qcow2`, "qcow2"), "the disk");
  const seedLost = note(await stubVolume(place, `${slot.slot}-seed.img`, "raw"), "the seed");
  return { notes, seedLost };
}

/** Any emulator can define this; it is never started. */
export async function stubDomain(
  { libvirtUri, runDir }: RepairPlace,
  { slot, uuid }: Pick<RepairSlot, "slot" | "uuid">,
): Promise<boolean> {
  if ((await domainState(libvirtUri, slot)) !== undefined) return false;
  const xml = `<domain type="qemu"><name>${slot}</name><uuid>${uuid}</uuid><memory unit="MiB">1</memory><os><type>hvm</type></os></domain>`;
  // virsh opens what it defines by name, and what Node gives a command as its input is a socket, which has none.
  const file = join(runDir, `stub-${slot}.xml`);
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  await writeFile(file, xml);
  await virsh(libvirtUri, ["define", file]).finally(() => rm(file, { force: true }));
  return true;
}

/** The file decides: libvirt remembers a volume whose file was removed behind its back until the pool is refreshed. */
export async function stubVolume(
  { libvirtUri, pool, poolDir }: RepairPlace,
  name: string,
  format: string,
): Promise<boolean> {
  const there = await access(join(poolDir, name)).then(
    () => true,
    () => false,
  );
  if (there) return false;
  await virsh(libvirtUri, ["pool-refresh", pool]);
  await virsh(libvirtUri, ["vol-create-as", pool, name, "1M", "--format", format]);
  return true;
}
