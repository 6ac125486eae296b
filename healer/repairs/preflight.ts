import { access, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Limits } from "../core/limits.ts";
import { type Added, type HostRoom, lackOfRoom, type RoomLimits, type Running } from "./hostRoom.ts";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { virshAny } from "./virsh.ts";

/** What has to be known of a machine that is to be made. */
export type NewMachine = Pick<RepairSlot, "slot" | "uuid" | "image" | "memoryMib"> & {
  /** No machine of this host has had its image before: the same update makes the base volume. */
  readonly isImageNew?: boolean;
  /** It comes on top of those that there are, and has no old one whose place it takes. Its virtual CPUs. */
  readonly addedVcpus?: number;
};

type SpaceLimits = RoomLimits & Pick<Limits, "minStateFreeBytes">;

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
  const room = slots.some(({ addedVcpus }) => addedVcpus !== undefined) ? await hostRoom(place) : undefined;
  let freeMib = (await memory()).availableBytes / mebibyte;
  let added: readonly Added[] = [];
  for (const slot of slots) {
    const { memoryMib, addedVcpus } = slot;
    // What the old machine holds comes back when it is deleted.
    const isThere = await isRunning(place, slot);
    const isAdded = addedVcpus !== undefined && !isThere;
    const more = isAdded ? [...added, { memoryMib, vcpus: addedVcpus }] : added;
    const neededMib = isThere || isAdded ? 0 : memoryMib;
    const problem =
      (await checkImage(place, slot)) ??
      (await checkDomain(place, slot)) ??
      checkMemory(freeMib, neededMib) ??
      (room !== undefined && isAdded ? lackOfRoom(room, more, limits) : undefined);
    if (problem === undefined) {
      freeMib -= neededMib;
      added = more;
    } else {
      problems.set(slot.slot, problem);
    }
  }
  return problems;
}

async function hostRoom({ libvirtUri, poolDir }: RepairPlace): Promise<HostRoom> {
  const [nodeInfo, stats] = await Promise.all([
    virshAny(libvirtUri, ["nodeinfo"]),
    virshAny(libvirtUri, ["domstats", "--vcpu", "--balloon", "--list-active", "--nowait"]),
  ]);
  // libvirt has just answered for its pool; if it says no more now, its processors and what it promised refuse nothing.
  const processors = Number(/^CPU\(s\):\s+(\d+)$/m.exec(nodeInfo.stdout)?.[1] ?? Number.POSITIVE_INFINITY);
  return { ...(await memory()), poolBytes: await freeBytesIn(poolDir), processors, running: runningIn(stats.stdout) };
}

/** All machines that `domstats` tells of. */
export function runningIn(stats: string): Running {
  const machines = [...stats.matchAll(/^Domain: /gm)].length;
  const memoryMib = sumOf(stats, /^\s*balloon\.maximum=(\d+)$/gm) / 1024;
  return { machines, memoryMib, vcpus: sumOf(stats, /^\s*vcpu\.current=(\d+)$/gm) };
}

function sumOf(stats: string, pattern: RegExp): number {
  return [...stats.matchAll(pattern)].reduce((sum, [, count]) => sum + Number(count), 0);
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
  const freeBytes = await freeBytesIn(dir);
  if (freeBytes >= minBytes) return undefined;
  return `${what} has ${inMib(freeBytes)} MiB free in ${dir}, and a rebuilt machine needs ${inMib(minBytes)}.`;
}

async function freeBytesIn(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
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

async function isRunning({ libvirtUri }: RepairPlace, { slot }: NewMachine): Promise<boolean> {
  const { stdout } = await virshAny(libvirtUri, ["domid", slot]);
  return /^\d+$/.test(stdout.trim());
}

function checkMemory(freeMib: number, neededMib: number): string | undefined {
  if (!(freeMib < neededMib)) return undefined;
  return `the host has ${Math.floor(freeMib)} MiB of memory left, and ${neededMib} are needed.`;
}

/** A virtual host of a lab has the memory of the whole machine, and knows its own guests only. */
async function memory(): Promise<Pick<HostRoom, "availableBytes" | "memoryBytes">> {
  const meminfo = await readFile("/proc/meminfo", "utf8");
  const bytesOf = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1]) * 1024;
  return { availableBytes: bytesOf("MemAvailable"), memoryBytes: bytesOf("MemTotal") };
}

function inMib(bytes: number): number {
  return Math.floor(bytes / mebibyte);
}
