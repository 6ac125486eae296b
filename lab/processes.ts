import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { runAny } from "../host/run.ts";
import { statFields } from "../host/statFields.ts";
import { type Lab, memberVariable } from "./lab.ts";
import { namespacesOf } from "./namespaces.ts";

/** A process and the moment it started, in clock ticks since boot: the pair never comes back, a pid alone does. */
export interface ProcessId {
  readonly pid: number;
  readonly startTicks: number;
}

/** Undefined if there is no such process, or if it has ended and waits only for its parent to notice. */
export async function identify(pid: number): Promise<ProcessId | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  const fields = stat === undefined ? [] : statFields(stat);
  if (fields.length === 0 || fields[0] === "Z" || fields[0] === "X") return undefined;
  return { pid, startTicks: Number(fields[19]) };
}

export async function isAlive({ pid, startTicks }: ProcessId): Promise<boolean> {
  return (await identify(pid))?.startTicks === startTicks;
}

/** Signals a process unless it has ended already, also if its pid has been given away since. */
export async function signal(id: ProcessId, name: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(id))) return false;
  try {
    process.kill(id.pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** The processes that live in a network namespace. */
export async function processesIn(namespace: string): Promise<ProcessId[]> {
  const { code, stdout } = await runAny(["ip", "netns", "pids", namespace]);
  if (code !== 0) return [];
  return identifyAll(stdout.split("\n").filter(Boolean).map(Number));
}

/**
 * Everything that belongs to a lab: what lives in its namespaces, and what was started for it but is not there yet or
 * works from outside. The calling process is never counted.
 */
export async function processesOf(lab: Lab): Promise<ProcessId[]> {
  const inside = await Promise.all((await namespacesOf(lab)).map(processesIn));
  const all = new Map([...inside.flat(), ...(await markedProcesses(lab))].map((id) => [id.pid, id]));
  all.delete(process.pid);
  return [...all.values()];
}

async function markedProcesses(lab: Lab): Promise<ProcessId[]> {
  const mark = `${memberVariable}=${lab.name}`;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const marked = pids.map(async (pid) => {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    return environment.split("\0").includes(mark) ? [Number(pid)] : [];
  });
  return identifyAll((await Promise.all(marked)).flat());
}

async function identifyAll(pids: readonly number[]): Promise<ProcessId[]> {
  return (await Promise.all(pids.map(identify))).filter((id) => id !== undefined);
}

/**
 * Kills what `find` finds until it finds nothing, since a process may fork while it is being looked at. Resolves to
 * what is still there after `timeoutMs`.
 */
export async function killAll(find: () => Promise<ProcessId[]>, timeoutMs = 10_000): Promise<ProcessId[]> {
  const deadlineMs = performance.now() + timeoutMs;
  for (let isKilled = false; ; isKilled = true) {
    const found = await find();
    // On a machine that is overloaded the search alone may take that long.
    if (found.length === 0 || (isKilled && performance.now() > deadlineMs)) return found;
    await Promise.all(found.map((id) => signal(id, "SIGKILL")));
    await sleep(20);
  }
}
