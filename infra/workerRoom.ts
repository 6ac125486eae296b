import type { SiteConfig } from "./configSchema.ts";

export type Room = NonNullable<SiteConfig["hosts"][string]["room"]>;

export interface WorkerRoom {
  readonly workers: number;
  /** What one more worker would lack: an address of the pool, or a part of the room. */
  readonly lacks: keyof Room | "address";
}

/**
 * How many workers a host can hold at all. Each takes an address of its pool, of which one is the balancer's, and its
 * share of the room, if room and share are stated. All workers are of one size, so each resource is looked at by itself.
 */
export function workerRoom(poolSize: number, room: Room | undefined, needs: Room | undefined): WorkerRoom {
  const limits: WorkerRoom[] = [{ workers: poolSize - 1, lacks: "address" }];
  if (room !== undefined && needs !== undefined) {
    for (const lacks of ["memoryMib", "vcpus", "diskMib"] as const) {
      limits.push({ workers: Math.floor(room[lacks] / needs[lacks]), lacks });
    }
  }
  return limits.reduce((least, limit) => (limit.workers < least.workers ? limit : least));
}

const words = { address: "addresses", memoryMib: "memory", vcpus: "virtual CPUs", diskMib: "disk space" };

/** `memory`, for a sentence. */
export function lackOf({ lacks }: WorkerRoom): string {
  return words[lacks];
}
