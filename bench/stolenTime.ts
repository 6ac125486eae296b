import { readFile } from "node:fs/promises";

/** Clock ticks of all processors since the machine was started. */
export interface ProcessorTicks {
  /** In which something ran, or wanted to. */
  readonly wanted: number;
  /** Those of them in which the hypervisor of a virtual machine let something else run. */
  readonly stolen: number;
}

/** The first line of /proc/stat, by proc_stat(5). Throws RangeError if it says something else. */
export function ticksIn(stat: string): ProcessorTicks {
  const [name, ...fields] = stat.slice(0, stat.indexOf("\n")).trim().split(/\s+/);
  const [user, nice, system, , , irq, softirq, stolen] = fields.map(Number);
  const wanted = [user, nice, system, irq, softirq, stolen].reduce<number>((sum, ticks = Number.NaN) => sum + ticks, 0);
  if (name !== "cpu" || stolen === undefined || Number.isNaN(wanted)) {
    throw new RangeError(`/proc/stat does not begin with the times of all processors: ${stat.slice(0, 80)}`);
  }
  return { wanted, stolen };
}

/** Of what was wanted between two looks, which share was stolen; 0 if nothing was wanted. */
export function stolenShare(before: ProcessorTicks, after: ProcessorTicks): number {
  const wanted = after.wanted - before.wanted;
  return wanted > 0 ? (after.stolen - before.stolen) / wanted : 0;
}

/** How much other machines on the same processors disturb what is measured from now on. */
export async function watchStolen(): Promise<() => Promise<number>> {
  const before = await readTicks();
  return async () => stolenShare(before, await readTicks());
}

async function readTicks(): Promise<ProcessorTicks> {
  return ticksIn(await readFile("/proc/stat", "utf8"));
}
