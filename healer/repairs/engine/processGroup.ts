/**
 * All that a repair has started, found and ended together. The engine puts its plugins into process groups of their own,
 * and a plugin whose engine was killed lives on, so neither group nor parentage finds them. A control group does; where
 * none can be made, a variable that every one of them inherits.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const repairVariable = "VIGIL_REPAIR";

const pollMs = 20;

export interface ProcessGroup {
  /** What the processes carry in their environment. */
  readonly marker: string;
  readonly pids: () => Promise<number[]>;
  /** Kills all of them, those too that are forked meanwhile. Rejects if some are left after `timeoutMs`. */
  readonly kill: (timeoutMs: number) => Promise<void>;
}

/** Takes a process in right after it was forked, before it has children of its own. */
export function groupOf(marker: string, firstPid: number, made: string | undefined): ProcessGroup {
  const cgroup = made !== undefined && enter(made, firstPid) ? made : undefined;
  const pids = async () => {
    const found = await Promise.all([cgroup === undefined ? [] : membersOf(cgroup), markedWith(marker)]);
    return [...new Set(found.flat())];
  };
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
export async function markedWith(prefix: string): Promise<number[]> {
  const sought = `\0${repairVariable}=${prefix}`;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const marked = await Promise.all(
    pids.map(async (pid) => pid !== process.pid && `\0${await textOf(`/proc/${pid}/environ`)}`.includes(sought)),
  );
  return pids.filter((_, index) => marked[index]);
}

/** One that ends while it is looked at may have left a child that the list is too old for, so that none has to be found twice. */
export async function killUntilEmpty(pids: () => Promise<number[]>, timeoutMs: number): Promise<number[]> {
  const deadlineMs = performance.now() + timeoutMs;
  for (let empty = 0; ; ) {
    const left = await pids();
    empty = left.length === 0 ? empty + 1 : 0;
    if (empty === 2 || performance.now() > deadlineMs) return left;
    for (const pid of left) signal(pid, "SIGKILL");
    if (left.length > 0) await sleep(pollMs);
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
  const lines = ownLines();
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

async function membersOf(cgroup: string): Promise<number[]> {
  return (await textOf(join(cgroup, "cgroup.procs"))).split("\n").filter(Boolean).map(Number);
}

/** A group that cannot be removed yet still has a zombie in it, and does no harm. */
function remove(cgroup: string): void {
  try {
    rmdirSync(cgroup);
  } catch {}
}

function ownLines(): string[] {
  try {
    return readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

/** Empty if the process, or whatever the file was about, is gone. */
function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
