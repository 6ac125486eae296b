/**
 * All that a repair has started, found and ended together. The engine puts its plugins into process groups of their own,
 * and a plugin whose engine was killed lives on, so neither group nor parentage finds them. A control group does; where
 * none can be made, a variable that every one of them inherits.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const repairVariable = "VIGIL_REPAIR";

const pollMs = 20;

export interface ProcessGroup {
  /** What the processes carry in their environment. */
  readonly marker: string;
  readonly pids: () => number[];
  /** Kills all of them, those too that are forked meanwhile. Rejects if some are left after `timeoutMs`. */
  readonly kill: (timeoutMs: number) => Promise<void>;
}

/** Takes a process in right after it was forked, before it has children of its own. */
export function groupOf(marker: string, firstPid: number, made: string | undefined): ProcessGroup {
  const cgroup = made !== undefined && enter(made, firstPid) ? made : undefined;
  const pids = () => [...new Set([...(cgroup === undefined ? [] : membersOf(cgroup)), ...markedWith(marker)])];
  return {
    marker,
    pids,
    kill: async (timeoutMs) => {
      const left = await killUntilEmpty(pids, timeoutMs);
      if (left.length > 0) throw new Error(`processes ${left.join(", ")} of a repair do not end although killed.`);
      if (cgroup !== undefined) remove(cgroup);
    },
  };
}

/** The processes that carry exactly this marker, or any that begins with it. Those that end meanwhile are left out. */
export function markedWith(prefix: string): number[] {
  const sought = `\0${repairVariable}=${prefix}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => `\0${readOr(`/proc/${name}/environ`)}`.includes(sought))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

export async function killUntilEmpty(pids: () => number[], timeoutMs: number): Promise<number[]> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const left = pids();
    if (left.length === 0 || performance.now() > deadlineMs) return left;
    for (const pid of left) signal(pid, "SIGKILL");
    await sleep(pollMs);
  }
}

/** A process that has ended already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Makes a control group below the healer's own, so that a service manager still counts it to the service. Undefined
 * where the machine's control groups cannot be written.
 */
export function makeCgroup(name: string): string | undefined {
  for (const base of ownCgroups()) {
    const path = join(base, name);
    try {
      mkdirSync(path);
      readFileSync(join(path, "cgroup.procs"));
      return path;
    } catch {
      remove(path);
    }
  }
  return undefined;
}

/** The unified hierarchy, then one that has no rules of its own about memory or processors. */
function ownCgroups(): string[] {
  const lines = readOr("/proc/self/cgroup").trim().split("\n");
  const own = (controller: string) => lines.map((line) => line.split(":")).find(([, name]) => name === controller)?.[2];
  const unified = own("");
  const pids = own("pids");
  return [
    ...(unified === undefined ? [] : [join("/sys/fs/cgroup", unified), join("/sys/fs/cgroup/unified", unified)]),
    ...(pids === undefined ? [] : [join("/sys/fs/cgroup/pids", pids)]),
  ];
}

/** A group that can be made is not always one that may be entered; the marker finds the processes then. */
function enter(cgroup: string, pid: number): boolean {
  try {
    writeFileSync(join(cgroup, "cgroup.procs"), String(pid));
    return true;
  } catch {
    remove(cgroup);
    return false;
  }
}

function membersOf(cgroup: string): number[] {
  return readOr(join(cgroup, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
}

/** A group that cannot be removed yet still has a zombie in it, and does no harm. */
function remove(cgroup: string): void {
  try {
    rmdirSync(cgroup);
  } catch {}
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
