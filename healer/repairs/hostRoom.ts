/** Whether machines that are added still fit on their host. One that is only made anew takes what the old one had. */
import type { Limits } from "../core/limits.ts";

export type RoomLimits = Pick<Limits, "minPoolFreeBytes" | "qemuBytes" | "hostReserveBytes" | "vcpusPerProcessor">;

/** What a host has, as it is found before any is added. */
export interface HostRoom {
  /** What its kernel could give now. What guests were promised and have not touched yet is among it. */
  readonly availableBytes: number;
  readonly memoryBytes: number;
  readonly poolBytes: number;
  readonly processors: number;
  readonly running: Running;
}

/** The machines that run on a host, whoever made them. */
export interface Running {
  readonly machines: number;
  /** At most, of their guests together. */
  readonly memoryMib: number;
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
  const unpromisedBytes = Math.max(0, room.memoryBytes - promisedBytes(room.running, qemuBytes));
  const leftMib = inMib(Math.min(room.availableBytes, unpromisedBytes));
  if (leftMib < neededMib) {
    const beside = unpromisedBytes < room.availableBytes ? " beside what the machines that run may take" : "";
    const parts = `${guests} for ${machines}, ${qemus} for QEMU and ${inMib(hostReserveBytes)} that the host keeps`;
    return `the host has ${leftMib} MiB of memory left${beside}, and ${neededMib} are needed: ${parts}.`;
  }
  const vcpus = added.reduce((sum, one) => sum + one.vcpus, room.running.vcpus);
  const most = room.processors * vcpusPerProcessor;
  if (vcpus <= most) return undefined;
  const found = `the machines that run have ${room.running.vcpus} virtual CPUs, and with ${machines} it would be ${vcpus}`;
  return `${found}: the host's ${room.processors} processors carry ${most}, ${vcpusPerProcessor} each.`;
}

/** A guest takes its memory as it touches it: one that has just booted still has most of it to take. */
function promisedBytes({ machines, memoryMib }: Running, qemuBytes: number): number {
  return memoryMib * mebibyte + machines * qemuBytes;
}

function inMib(bytes: number): number {
  return Math.floor(bytes / mebibyte);
}
