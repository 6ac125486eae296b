import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { RepairError } from "./repairError.ts";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { stubDomain } from "./stubDomain.ts";
import { virsh, virshAny } from "./virsh.ts";

export type AlignedSlot = Pick<RepairSlot, "slot" | "uuid">;

/** The URNs of what the update that follows takes for made: it deletes that before it makes it again, or leaves it as it is. */
export interface Known {
  readonly domains: readonly string[];
  readonly volumes: readonly string[];
}

export interface Aligned {
  /** What was done, one sentence each. */
  readonly notes: readonly string[];
  /** The slots that have no seed which an update has brought to its end. */
  readonly seedsLost: readonly string[];
}

/**
 * Makes libvirt have of these slots what is known of them, before an update makes or removes them. One that was cut short
 * may have made what it has not written down: the next one would stumble over the domain, and take a volume that was half
 * written as it is. A domain that is lost gets a stub, because the provider fails if what it deletes is gone; of a volume it
 * takes that for done. (A refresh would drop the domain from the state instead, but one that fails half-way drops what is
 * still there.) A domain of a slot's name with another UUID is somebody else's.
 *
 * `refusal`: why nothing may be removed, since the update could not make it again. Rejects with it, code `failed`, before
 * anything is.
 */
export async function align(
  place: RepairPlace,
  slots: readonly AlignedSlot[],
  known: Known,
  refusal: () => string | undefined,
): Promise<Aligned> {
  const domains = new Set((await virsh(place.libvirtUri, ["list", "--all", "--name"])).split("\n"));
  const files = new Set(await readdir(place.poolDir));
  const isDomainKnown = knownNames("libvirt:index/domain:Domain", known.domains);
  const isVolumeKnown = knownNames("libvirt:index/volume:Volume", known.volumes);
  const lost: AlignedSlot[] = [];
  const strays: AlignedSlot[] = [];
  const strayFiles: string[] = [];
  const seedsLost: string[] = [];
  for (const slot of slots) {
    const name = slot.slot;
    const hasDomain = domains.has(name);
    if (isDomainKnown(name) && !hasDomain) lost.push(slot);
    if (!isDomainKnown(name) && hasDomain && (await isOurs(place, slot))) strays.push(slot);
    for (const [volume, file] of [
      [`${name}-disk`, `${name}-disk.qcow2`],
      [`${name}-seed`, `${name}-seed.img`],
    ] as const) {
      if (!isVolumeKnown(volume) && files.has(file)) strayFiles.push(file);
    }
    if (!isVolumeKnown(`${name}-seed`) || !files.has(`${name}-seed.img`)) seedsLost.push(name);
  }
  const refused = strays.length + strayFiles.length > 0 ? refusal() : undefined;
  if (refused !== undefined) throw new RepairError("failed", refused);

  for (const slot of lost) await stubDomain(place, slot);
  for (const { slot } of strays) await removeDomain(place, slot);
  for (const file of strayFiles) await removeVolume(place, file);
  const notes = [
    ...lost.map(({ slot }) => stubbed(slot)),
    ...[...strays.map(({ slot }) => `the domain ${slot}`), ...strayFiles].map(removed),
  ];
  return { notes, seedsLost };
}

function knownNames(type: string, urns: readonly string[]): (name: string) => boolean {
  const known = new Set(urns.map((urn) => urn.split("::").slice(-2).join("::").split("$").at(-1)));
  return (name) => known.has(`${type}::${name}`);
}

async function isOurs({ libvirtUri }: RepairPlace, { slot, uuid }: AlignedSlot): Promise<boolean> {
  return (await virsh(libvirtUri, ["domuuid", slot])) === uuid;
}

async function removeDomain({ libvirtUri }: RepairPlace, name: string): Promise<void> {
  await virshAny(libvirtUri, ["destroy", name], destroyTimeoutMs);
  await virsh(libvirtUri, ["undefine", name]);
}

/** libvirt remembers a volume until the pool is refreshed. */
async function removeVolume({ libvirtUri, pool, poolDir }: RepairPlace, file: string): Promise<void> {
  await rm(join(poolDir, file));
  await virsh(libvirtUri, ["pool-refresh", pool]);
}

/** A domain that does not want to end takes 15 s. */
const destroyTimeoutMs = 30_000;

function stubbed(name: string): string {
  return `the domain ${name} was gone, and a stub stands in for it until the update deletes it.`;
}

function removed(what: string): string {
  return `${what} was left by an update that was cut short, and is removed.`;
}
