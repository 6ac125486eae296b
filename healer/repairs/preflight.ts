import { access, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Limits } from "../core/limits.ts";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { virshAny } from "./virsh.ts";

/** What has to be known of a machine that is to be made. */
export type NewMachine = Pick<RepairSlot, "slot" | "uuid" | "image" | "memoryMib"> & {
  /** No machine of this host has had its image before: the same update makes the base volume. */
  readonly isImageNew?: boolean;
};

type SpaceLimits = Pick<Limits, "minPoolFreeBytes" | "minStateFreeBytes">;

export type BridgePlace = Pick<RepairPlace, "bridge" | "netDir">;

const mebibyte = 1024 * 1024;

/**
 * Looks for what rebuilt machines need, before the old ones are deleted: a broken machine may still be of use, and one
 * that was deleted and cannot be made again is not. Resolves to one sentence for each slot that has to be left as it is;
 * what the host lacks, all of them lack.
 */
export async function preflight(
  place: RepairPlace,
  slots: readonly NewMachine[],
  limits: SpaceLimits,
): Promise<ReadonlyMap<string, string>> {
  const ofHost =
    (await checkLibvirt(place)) ??
    (await checkBridge(place)) ??
    (await checkSpace("the storage pool", place.poolDir, limits.minPoolFreeBytes)) ??
    (await checkSpace("the state", place.stateDir, limits.minStateFreeBytes));
  if (ofHost !== undefined) return new Map(slots.map(({ slot }) => [slot, ofHost]));
  const problems = new Map<string, string>();
  let freeMib = await availableMib();
  for (const slot of slots) {
    const neededMib = await newMemoryMib(place, slot);
    const problem =
      (await checkImage(place, slot)) ?? (await checkDomain(place, slot)) ?? checkMemory(freeMib, neededMib);
    if (problem === undefined) freeMib -= neededMib;
    else problems.set(slot.slot, problem);
  }
  return problems;
}

async function checkLibvirt({ libvirtUri, pool }: RepairPlace): Promise<string | undefined> {
  const { code, stdout, stderr } = await virshAny(libvirtUri, ["pool-info", pool]);
  if (code !== 0) return `libvirt does not answer for the pool ${pool}: ${stderr.trim() || "no word"}.`;
  return /^State:\s+running$/m.test(stdout) ? undefined : `libvirt's pool ${pool} is not active.`;
}

/** A domain cannot start without the bridge that its card is to be on. */
export async function checkBridge({ bridge, netDir }: BridgePlace): Promise<string | undefined> {
  const isThere = await access(join(netDir, bridge, "bridge")).then(
    () => true,
    () => false,
  );
  return isThere ? undefined : `the host has no bridge ${bridge}.`;
}

async function checkSpace(what: string, dir: string, minBytes: number): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(dir);
  const freeBytes = bavail * bsize;
  if (freeBytes >= minBytes) return undefined;
  return `${what} has ${inMib(freeBytes)} MiB free in ${dir}, and a rebuilt machine needs ${inMib(minBytes)}.`;
}

/** The base volume is what the new disk lies over; kernel and initrd are what it boots. */
async function checkImage(
  { imageDir, poolDir }: RepairPlace,
  { slot, image, isImageNew = false }: NewMachine,
): Promise<string | undefined> {
  const needed = [
    isImageNew ? join(imageDir, `${image}.qcow2`) : join(poolDir, `base-${image.slice(0, 12)}.qcow2`),
    ...["vmlinux", "initrd"].map((kind) => join(imageDir, `${image}.${kind}`)),
  ];
  for (const path of needed) {
    const size = (await stat(path).catch(() => undefined))?.size ?? 0;
    if (size === 0) return `${slot} cannot boot without ${path}, which is missing or empty.`;
  }
  return undefined;
}

/** A machine of the slot's name that is not the slot's was made by somebody, and is not ours to delete. */
async function checkDomain({ libvirtUri }: RepairPlace, { slot, uuid }: NewMachine): Promise<string | undefined> {
  const { code, stdout } = await virshAny(libvirtUri, ["domuuid", slot]);
  if (code !== 0 || stdout.trim() === uuid) return undefined;
  return `a domain ${slot} that is not of this stack is there (UUID ${stdout.trim()}): rename or undefine it.`;
}

/** What the old machine holds comes back when it is deleted. */
async function newMemoryMib({ libvirtUri }: RepairPlace, { slot, memoryMib }: NewMachine): Promise<number> {
  const { stdout } = await virshAny(libvirtUri, ["domid", slot]);
  return /^\d+$/.test(stdout.trim()) ? 0 : memoryMib;
}

function checkMemory(freeMib: number, neededMib: number): string | undefined {
  if (!(freeMib < neededMib)) return undefined;
  return `the host has ${Math.floor(freeMib)} MiB of memory left, and ${neededMib} are needed.`;
}

async function availableMib(): Promise<number> {
  const meminfo = await readFile("/proc/meminfo", "utf8");
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1]) / 1024;
}

function inMib(bytes: number): number {
  return Math.floor(bytes / mebibyte);
}
