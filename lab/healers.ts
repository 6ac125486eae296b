/** The healers of a lab's hosts: each runs on its host as it would on a real one, under the lab's starter of services. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { journalFiles } from "../healer/journal/journalFiles.ts";
import { readJournal } from "../healer/journal/readJournal.ts";
import { healerUnit, renderHealerUnit } from "../host/healerUnit.ts";
import { checkoutDir, defaultCacheDir } from "../host/hostEnvironment.ts";
import { stateDir } from "../infra/paths.ts";
import { type Lab, namespaceOf } from "./lab.ts";
import { LabError } from "./labError.ts";
import { refreshCheckout } from "./machine.ts";
import { isAlive, type ProcessId, processesIn, signal } from "./processes.ts";
import { pathOnHost, startService } from "./virtualHost.ts";

/** Longer than an update that an earlier healer began is given to come to its end. */
const startTimeoutMs = 90_000;

/** A host's journal, as a file of the machine that the lab runs on. Rejects ERR_LAB_NOT_UP if the host is off. */
export function journalOf(lab: Lab, host: string): Promise<string> {
  return pathOnHost(lab, host, join(stateDir, "journal.jsonl"));
}

/**
 * Starts a host's healer unless it runs, with more in its environment if that is given. Resolves once it listens; rejects,
 * naming its log, if it does not in time.
 */
export async function startHealer(
  lab: Lab,
  host: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  if ((await running(lab, host)).length > 0) return;
  await startAndWait(lab, host, () => startService(lab, host, "healer", environment));
}

/**
 * The same, but the host keeps the healer as systemd would by its unit: whenever it ends or hangs, it is started again,
 * until `stopHealer`.
 */
export async function keepHealer(lab: Lab, host: string): Promise<void> {
  if ((await running(lab, host)).length > 0) return;
  const unit = renderHealerUnit({ host, checkout: checkoutDir, cacheDir: defaultCacheDir });
  await writeFile(await pathOnHost(lab, host, join("/run", healerUnit)), unit);
  await startAndWait(lab, host, () => startService(lab, host, "kept-healer"));
}

async function startAndWait(lab: Lab, host: string, start: () => Promise<void>): Promise<void> {
  await refreshCheckout(lab, host);
  const before = await startsIn(lab, host);
  await start();
  const deadlineMs = performance.now() + startTimeoutMs;
  while ((await startsIn(lab, host)) === before) {
    if (performance.now() > deadlineMs) {
      const log = await pathOnHost(lab, host, join(stateDir, "healer.log"));
      throw new LabError("ERR_LAB_FAILED", `the healer of host ${host} does not listen: see ${log}.`);
    }
    await sleep(100);
  }
}

/** Ends a host's healer as its service manager would. Does nothing if none runs. */
export async function stopHealer(lab: Lab, host: string): Promise<void> {
  const all = await running(lab, host);
  // A keeper would start the healer again, and ends it itself.
  const [first] = all;
  if (first === undefined) return;
  await signal(first, "SIGTERM");
  for (const id of all) while (await isAlive(id)) await sleep(50);
}

/**
 * Ends a host's healer, removes what it remembers, and starts it again, with budgets that nobody has spent: so many
 * repairs of one machine as in a test would spend them, as they should. Resolves once all its machines are well.
 */
export async function beginAnew(lab: Lab, host: string, slots: number, timeoutMs: number): Promise<void> {
  await stopHealer(lab, host);
  for (const file of await journalFiles(await journalOf(lab, host))) await rm(file);
  await startHealer(lab, host);
  await allWell(lab, host, slots, timeoutMs);
}

/** Whether a host's healer runs, and whether the host keeps it. */
export async function healerWay(lab: Lab, host: string): Promise<"kept" | "started" | "none"> {
  if ((await keeperOf(lab, host)) !== undefined) return "kept";
  return (await healerOf(lab, host)) === undefined ? "none" : "started";
}

/** The process of a host's healer; undefined if none runs. */
export function healerOf(lab: Lab, host: string): Promise<ProcessId | undefined> {
  return processOf(lab, host, ["/cli/main.ts", "healer", "run"]);
}

/** A host's healer, and before it what keeps it; nothing if neither runs. */
async function running(lab: Lab, host: string): Promise<ProcessId[]> {
  const found = [await keeperOf(lab, host), await healerOf(lab, host)];
  return found.filter((id) => id !== undefined);
}

function keeperOf(lab: Lab, host: string): Promise<ProcessId | undefined> {
  return processOf(lab, host, ["/lab/keepUnit.py"]);
}

/** The first process of a host whose command line has words that end so. */
async function processOf(lab: Lab, host: string, ends: readonly string[]): Promise<ProcessId | undefined> {
  for (const id of await processesIn(namespaceOf(lab, host))) {
    const argv = (await readFile(`/proc/${id.pid}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (ends.every((end) => argv.some((word) => word.endsWith(end)))) return id;
  }
  return undefined;
}

async function startsIn(lab: Lab, host: string): Promise<number> {
  const text = await readFile(await journalOf(lab, host), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line.includes('"kind":"started"')).length;
}

/** Waits until the last word of a host's healer on each of its slots is that it is well. Rejects with what it says instead. */
export async function allWell(lab: Lab, host: string, slots: number, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const last = await lastWords(lab, host);
    if (last.size === slots && [...last.values()].every((status) => status === "green")) return;
    if (performance.now() > deadlineMs) {
      const said = [...last].map(([slot, status]) => `${slot} ${status}`).join(", ");
      throw new LabError("ERR_LAB_FAILED", `the healer of host ${host} does not find its machines well: ${said}.`);
    }
    await sleep(250);
  }
}

async function lastWords(lab: Lab, host: string): Promise<Map<string, string>> {
  const { entries } = await readJournal(await journalOf(lab, host));
  const sinceStart = entries.slice(entries.findLastIndex(({ kind }) => kind === "started") + 1);
  const statuses = sinceStart.filter(({ kind }) => kind === "status");
  return new Map(statuses.map(({ slot, status }) => [String(slot), String(status)]));
}
