/** Whether machines that are added still fit on their host. One that is only made anew takes what the old one had. */
import type { Limits } from "../core/limits.ts";

export type RoomLimits = Pick<Limits, "minPoolFreeBytes" | "qemuBytes" | "hostReserveBytes" | "vcpusPerProcessor">;

/** What a host has, as it is found before any is added. */
export interface HostRoom {
  readonly memoryBytes: number;
  readonly poolBytes: number;
  readonly processors: number;
  /** Of the machines that run on it, whoever made them. */
  readonly vcpus: number;
}

export interface Added {
  readonly memoryMib: number;
  readonly vcpus: number;
}

const mebibyte = 1024 * 1024;

/** What there is too little of for all of these together, with what was found and what is needed; undefined if they fit. */
export function lackOfRoom(room: HostRoom, added: readonly Added[], limits: RoomLimits): string | undefined {
  const machines = added.length === 1 ? "a new machine" : `${added.length} new machines`;
  const poolBytes = added.length * limits.minPoolFreeBytes;
  if (room.poolBytes < poolBytes) {
    const each = `${inMib(limits.minPoolFreeBytes)} MiB for each disk`;
    return `the storage pool has ${inMib(room.poolBytes)} MiB free, and ${machines} may fill ${inMib(poolBytes)}: ${each}.`;
  }
  const { qemuBytes, hostReserveBytes, vcpusPerProcessor } = limits;
  const guests = added.reduce((sum, { memoryMib }) => sum + memoryMib, 0);
  const qemus = inMib(added.length * qemuBytes);
  const neededMib = guests + qemus + inMib(hostReserveBytes);
  if (inMib(room.memoryBytes) < neededMib) {
    const parts = `${guests} for ${machines}, ${qemus} for QEMU and ${inMib(hostReserveBytes)} that the host keeps`;
    return `the host has ${inMib(room.memoryBytes)} MiB of memory left, and ${neededMib} are needed: ${parts}.`;
  }
  const vcpus = added.reduce((sum, one) => sum + one.vcpus, room.vcpus);
  const most = room.processors * vcpusPerProcessor;
  if (vcpus <= most) return undefined;
  const found = `the machines that run have ${room.vcpus} virtual CPUs, and with ${machines} it would be ${vcpus}`;
  return `${found}: the host's ${room.processors} processors carry ${most}, ${vcpusPerProcessor} each.`;
}

function inMib(bytes: number): number {
  return Math.floor(bytes / mebibyte);
}
