/** Repairs that are killed on the way: the next healer, or the same one, brings them to their end, and nothing is left. */
import assert from "node:assert/strict";
import { appendFile, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { followJournal } from "../../cli/demo/followJournal.ts";
import { readJournal } from "../../healer/journal/readJournal.ts";
import { repairVariable } from "../../healer/repairs/engine/processGroup.ts";
import { allWell, healerOf, journalOf, keepHealer, startHealer, stopHealer } from "../../lab/healers.ts";
import { namespaceOf } from "../../lab/lab.ts";
import { inHost } from "../../lab/machine.ts";
import { type ProcessId, processesIn, signal } from "../../lab/processes.ts";
import { pathOnHost, virsh } from "../../lab/virtualHost.ts";
import { breakNow, type Diary, expectNoDrift, locksDir, locksOf, type Place, untilHealed } from "../support/healing.ts";
import type { Scenario } from "./scenario.ts";

const minuteMs = 60_000;
const slots = ["lb-1", "web-1", "web-2"];

/** Who dies: the healer, the engine that it has forked, or both with all that they have started. */
export const victims = ["healer", "engine", "everything"] as const;

export type Victim = (typeof victims)[number];

export function killedRepair(victim: Victim, afterMs: number): Scenario {
  return {
    what: `${victim} killed ${afterMs} ms after a repair began: it comes to its end, and nothing is left`,
    async play(place, diary) {
      await killDuringRepair(place, victim, afterMs);
      await sleep(1_000);
      await startHealer(place.lab, place.host);
      await untilEnded(place, diary);
    },
  };
}

export const powerCut: Scenario = {
  what: "lock, state and journal cut off in the middle of a repair are mended, and the repair comes to its end",
  async play(place, diary) {
    const { lab, host } = place;
    await killDuringRepair(place, "everything", 4_000);
    const state = await pathOnHost(lab, host, `/var/lib/vigil/state/.pulumi/stacks/vigil/${host}.json`);
    await truncate(state, Math.floor((await readFile(state)).length / 2));
    const [lock = "torn.json"] = await locksOf(place);
    await writeFile(join(await locksDir(place), lock), '{"pid":');
    await appendFile(await journalOf(lab, host), '{"seq":');
    await startHealer(lab, host);
    await untilEnded(place, diary);
  },
};

/** To its watchdog, a process that is stopped and one whose loop is blocked are the same. */
export const hungHealer: Scenario = {
  what: "a kept healer that hangs is started again, and repairs what died meanwhile",
  async play(place, diary) {
    const { lab, host } = place;
    await stopHealer(lab, host);
    await keepHealer(lab, host);
    await allWell(lab, host, slots.length, 4 * minuteMs);
    const hung = await healerOf(lab, host);
    assert.ok(hung, "no healer runs");
    await signal(hung, "SIGSTOP");
    const healed = untilHealed(place, ["web-1"], diary);
    await breakNow(place, "kill", "web-1");
    await healed;
    assert.notDeepEqual(await healerOf(lab, host), hung);
    await stopHealer(lab, host);
    await startHealer(lab, host);
    await allWell(lab, host, slots.length, 4 * minuteMs);
  },
};

/** A machine may serve again before the repair that was cut short is at its end: that is when no drift is found after it. */
async function untilEnded(place: Place, diary: Diary): Promise<void> {
  const { lab, host } = place;
  const path = await journalOf(lab, host);
  const deadlineMs = performance.now() + 5 * minuteMs;
  for (;;) {
    const { entries } = await readJournal(path);
    const begun = entries.findLastIndex(({ kind }) => kind === "repairBegun");
    const checked = entries.slice(begun).findLast(({ kind }) => kind === "drift");
    if (checked?.clean === true) break;
    assert.ok(performance.now() < deadlineMs, `no end was found: ${checked?.sentence ?? "drift was not checked"}`);
    await sleep(500);
  }
  await allWell(lab, host, slots.length, 4 * minuteMs);
  const { entries } = await readJournal(path);
  const sentences = entries.slice(-40).flatMap(({ kind, sentence }) => (kind === "note" ? [`${sentence}`] : []));
  for (const sentence of sentences) diary.diagnostic(sentence);
  await expectNothingLeft(place);
}

async function killDuringRepair(place: Place, victim: Victim, afterMs: number): Promise<void> {
  const { lab, host } = place;
  const begun = followJournal(lab, host, minuteMs, ({ kind }) => kind === "repairBegun");
  await breakNow(place, "kill", "web-1");
  await begun;
  await sleep(afterMs);
  const found = await processesOf(place, victim);
  assert.ok(found.length > 0, `there is no ${victim} that could be killed`);
  for (const id of found) await signal(id, "SIGKILL");
}

/** The healer comes first: nothing may be repaired by it once the others are gone. */
async function processesOf({ lab, host }: Place, victim: Victim): Promise<ProcessId[]> {
  const healer = await healerOf(lab, host);
  const healers = healer === undefined ? [] : [healer];
  if (victim === "healer") return healers;
  if (victim === "engine") return enginesOf({ lab, host });
  return [...healers, ...(await repairProcesses({ lab, host })).map(({ id }) => id)];
}

/** The engine that is at work, and one that was forked in advance. */
export async function enginesOf(place: Place): Promise<ProcessId[]> {
  return (await repairProcesses(place)).filter(({ argv }) => isEngine(argv)).map(({ id }) => id);
}

/** What a repair has started on a host, or was forked in advance for the next one. */
async function repairProcesses({ lab, host }: Place): Promise<{ id: ProcessId; argv: string }[]> {
  const all = await processesIn(namespaceOf(lab, host));
  const found = all.map(async (id) => {
    const environment = await readFile(`/proc/${id.pid}/environ`, "utf8").catch(() => "");
    if (!`\0${environment}`.includes(`\0${repairVariable}=`)) return [];
    const argv = (await readFile(`/proc/${id.pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");
    return [{ id, argv }];
  });
  return (await Promise.all(found)).flat();
}

function isEngine(argv: string): boolean {
  return argv.includes("engineChild.ts");
}

/** No drift, no lock, no pending operation, no machine too many, and no process but an engine that waits. */
export async function expectNothingLeft(place: Place): Promise<void> {
  const { lab, host } = place;
  const deadlineMs = performance.now() + minuteMs;
  // The healer's own check for drift may still be under way.
  for (;;) {
    const left = (await repairProcesses(place)).filter(({ argv }) => !isEngine(argv)).map(({ argv }) => argv);
    if (left.length === 0) break;
    assert.ok(performance.now() < deadlineMs, `processes of a repair are left: ${left.join("; ")}`);
    await sleep(500);
  }
  await expectNoDrift(place);
  assert.deepEqual(await locksOf(place), [], "a lock is left");
  const state = await inHost(lab, host, ["pulumi", "stack", "export", "--stack", host]);
  const { deployment } = JSON.parse(state) as { deployment: { pending_operations?: unknown[] } };
  assert.deepEqual(deployment.pending_operations ?? [], [], "pending operations are left");
  const { stdout: names } = await virsh(lab, host, ["list", "--all", "--name"]);
  assert.deepEqual(names.split("\n").filter(Boolean).sort(), slots);
}
