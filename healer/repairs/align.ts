import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { stubDomain, stubVolume } from "./stub.ts";
import { virsh, virshAny } from "./virsh.ts";

export type AlignedSlot = Pick<RepairSlot, "slot" | "uuid">;

export interface Aligned {
  /** What was done, one sentence each. */
  readonly notes: readonly string[];
  /** The slots whose seed is a stub now, and has to be made again. */
  readonly seedsLost: readonly string[];
}

/**
 * Makes libvirt have of these slots what the stack's state knows, before an update makes or removes them. One that was cut
 * short may have made what it has not written down: the next one would stumble over the domain, and take a volume that
 * was half written as it is. What is lost gets a stub, because the engine fails if what it deletes is gone. (A refresh
 * would drop it from the state instead, but one that fails half-way drops what is still there.) A domain of a slot's name
 * with another UUID is somebody else's.
 */
export async function align(
  place: RepairPlace,
  slots: readonly AlignedSlot[],
  urns: readonly string[],
): Promise<Aligned> {
  const domains = new Set((await virsh(place.libvirtUri, ["list", "--all", "--name"])).split("\n"));
  const files = new Set(await readdir(place.poolDir));
  const known = new Set(urns.map((urn) => urn.split("::").slice(-2).join("::").split("$").at(-1)));
  const notes: string[] = [];
  const seedsLost: string[] = [];
  for (const slot of slots) {
    const name = slot.slot;
    const isDomainKnown = known.has(`libvirt:index/domain:Domain::${name}`);
    if (isDomainKnown && !domains.has(name)) {
      await stubDomain(place, slot);
      notes.push(stubbed(`the domain ${name}`));
    }
    if (!isDomainKnown && domains.has(name) && (await removeDomain(place, slot)))
      notes.push(removed(`the domain ${name}`));
    for (const [volume, file, format] of [
      [`${name}-disk`, `${name}-disk.qcow2`, "qcow2"],
      [`${name}-seed`, `${name}-seed.img`, "raw"],
    ] as const) {
      const isKnown = known.has(`libvirt:index/volume:Volume::${volume}`);
      if (isKnown === files.has(file)) continue;
      if (isKnown) {
        await stubVolume(place, file, format);
        notes.push(stubbed(file));
        if (format === "raw") seedsLost.push(name);
      } else {
        await removeVolume(place, file);
        notes.push(removed(file));
      }
    }
  }
  return { notes, seedsLost };
}

async function removeDomain({ libvirtUri }: RepairPlace, { slot, uuid }: AlignedSlot): Promise<boolean> {
  const found = await virsh(libvirtUri, ["domuuid", slot]);
  if (found !== uuid) return false;
  await virshAny(libvirtUri, ["destroy", slot], destroyTimeoutMs);
  await virsh(libvirtUri, ["undefine", slot]);
  return true;
}

/** libvirt remembers a volume until the pool is refreshed. */
async function removeVolume({ libvirtUri, pool, poolDir }: RepairPlace, file: string): Promise<void> {
  await rm(join(poolDir, file));
  await virsh(libvirtUri, ["pool-refresh", pool]);
}

/** A domain that does not want to end takes 15 s. */
const destroyTimeoutMs = 30_000;

function stubbed(what: string): string {
  return `${what} was gone, and a stub stands in for it until the update deletes it.`;
}

function removed(what: string): string {
  return `${what} was left by an update that was cut short, and is removed.`;
}
