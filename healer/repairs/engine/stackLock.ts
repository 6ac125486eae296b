/**
 * The file backend's lock. It names a process and a host, but no boot, and a power cut or a kill leaves it behind. Only a
 * lock whose holder is certainly gone is removed: two updates at once destroy the state.
 */
import { type Stats, statSync } from "node:fs";
import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { statFields } from "../../../host/statFields.ts";

const lockSchema = z.object({
  pid: z.int().positive(),
  username: z.string().optional(),
  hostname: z.string(),
  timestamp: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
});

type Lock = z.infer<typeof lockSchema>;

/** A clock that is read in whole ticks and a time that is written a little later are never equal. */
const toleranceMs = 2_000;

export interface LockFindings {
  /** Why each lock that was removed was dead. */
  readonly removed: readonly string[];
  /** Who holds the stack; undefined if nobody does. */
  readonly holder?: string;
}

/** Removes the locks of a stack whose holders are gone, and says who holds it otherwise. */
export async function clearDeadLocks(locksDir: string, backendDir: string): Promise<LockFindings> {
  // Beside each lock the backend keeps a file of attributes, which is part of the lock and none itself.
  const names = (await readdir(locksDir).catch(allowMissing)).filter((name) => name.endsWith(".json"));
  const removed: string[] = [];
  let holder: string | undefined;
  for (const name of names) {
    const path = join(locksDir, name);
    const lock = await readLock(path);
    if (lock === "gone") continue;
    const why = lock === "unreadable" ? "its file is unreadable" : await whyDead(lock, backendDir);
    if (why === undefined && lock !== "unreadable") {
      holder = `process ${lock.pid} of ${lock.username ?? "somebody"} since ${new Date(lock.timestamp).toISOString()}`;
      continue;
    }
    await rm(path, { force: true });
    await rm(`${path}.attrs`, { force: true });
    removed.push(`removed a lock of the stack: ${why}.`);
  }
  return { removed, ...(holder === undefined ? {} : { holder }) };
}

async function readLock(path: string): Promise<Lock | "unreadable" | "gone"> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return "gone";
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch {
    return "unreadable";
  }
}

/** Undefined while the holder may live. */
async function whyDead({ pid, hostname: host, timestamp }: Lock, backendDir: string): Promise<string | undefined> {
  // Of a process elsewhere nothing is known here.
  if (host !== hostname()) return undefined;
  const executable = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  if (executable === undefined) return `process ${pid} does not exist any more`;
  if (!/^pulumi\b/.test(basename(executable))) return `process ${pid} is another program now`;
  // A clock that was set makes true holders look older or younger than they are, so the times speak last.
  if (await worksOn(pid, backendDir)) return undefined;
  const bootMs = await bootTimeMs();
  if (timestamp < bootMs - toleranceMs) return "it is older than this boot";
  const startMs = bootMs + (await startAfterBootMs(pid));
  if (startMs > timestamp + toleranceMs) return `process ${pid} is younger than the lock`;
  return undefined;
}

/** Whether a process was told to use this very backend: by its environment, and in its own view of the file system. */
async function worksOn(pid: number, backendDir: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  const [url] = environment.split("\0").flatMap((entry) => /^PULUMI_BACKEND_URL=file:\/\/(.*)$/.exec(entry)?.[1] ?? []);
  if (url === undefined) return false;
  const theirs = statOf(join(`/proc/${pid}/root`, url));
  const ours = statOf(backendDir);
  return theirs !== undefined && theirs.ino === ours?.ino && theirs.dev === ours.dev;
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

async function bootTimeMs(): Promise<number> {
  const stat = await readFile("/proc/stat", "utf8");
  return Number(/^btime (\d+)$/m.exec(stat)?.[1]) * 1000;
}

/** Linux counts in hundredths of a second towards user space, whatever its own tick. */
async function startAfterBootMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The 22nd field.
  return Number(statFields(stat)[19] ?? 0) * 10;
}

function allowMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
