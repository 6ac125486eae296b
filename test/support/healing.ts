/** What the tests of the healers share: to break something under their eyes, and to read what they wrote about it. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuWorkMs } from "../../bench/cpuWork.ts";
import { previewOf } from "../../bench/previewOf.ts";
import { followJournal, type Noted } from "../../cli/demo/followJournal.ts";
import type { CauseName } from "../../healer/core/causes.ts";
import { readJournal } from "../../healer/journal/readJournal.ts";
import { type Fault, type FaultName, faults } from "../../lab/faults.ts";
import { allWell, journalOf } from "../../lab/healers.ts";
import type { Lab } from "../../lab/lab.ts";
import { hostNamed } from "../../lab/owner.ts";
import { pathOnHost } from "../../lab/virtualHost.ts";

export interface Row {
  readonly fault: FaultName;
  readonly slot: string;
  readonly cause: CauseName;
  readonly repair: string;
}

export interface Place {
  readonly lab: Lab;
  readonly host: string;
}

/** Where a test says what it has seen. */
export interface Diary {
  diagnostic(message: string): void;
}

const healTimeoutMs = 480_000;
const settleTimeoutMs = 480_000;
const machinesPerHost = 3;
const starvedCause: CauseName = "machineStarved";
/** Beside a lab on two cores it takes 31 to 48 ms (`work` in bench/results). */
const slowWorkMs = 60;
/** Longer than the patience of any cause that must not be acted on here. */
const calmMs = 12_000;

export async function breakNow({ lab, host }: Place, name: FaultName, slot = ""): Promise<void> {
  const fault: Fault = faults[name];
  await fault.break(lab, await hostNamed(lab, host), slot);
}

export async function mendNow({ lab, host }: Place, name: FaultName, slot = ""): Promise<void> {
  const fault: Fault = faults[name];
  await fault.mend(lab, await hostNamed(lab, host), slot);
}

/** Breaks one machine, and asserts its cause, its one repair, and that nothing has drifted afterwards. */
export async function breakAndHeal(place: Place, row: Row, diary: Diary): Promise<void> {
  const startMs = performance.now();
  let namedMs = 0;
  let wellMs = 0;
  const following = followJournal(place.lab, place.host, healTimeoutMs, (noted) => {
    if (isStatus(noted, row.slot, "red")) namedMs ||= performance.now() - startMs;
    if (isStatus(noted, row.slot, "green")) wellMs = performance.now() - startMs;
    return namedMs > 0 && wellMs > 0 && noted.kind === "drift";
  });
  await breakNow(place, row.fault, row.slot);
  const story = await following;
  diary.diagnostic(`named after ${seconds(namedMs)}, well after ${seconds(wellMs)}`);
  tell(story, diary);
  const red = story.find((noted) => isStatus(noted, row.slot, "red"));
  assert.equal(red?.cause, row.cause, `named ${red?.cause}: ${red?.sentence}`);
  assert.deepEqual(repairsIn(story), [[`${row.repair} ${row.slot}`]]);
  assertHealed(story, [row.slot]);
}

/**
 * Plays it, and a second time if it failed on a machine that is too slow for it: its guests were starved of processors meanwhile
 * by their healer's word, or a fixed piece of work takes twice as long beside the lab as where all of this passes. Then the
 * first time has measured the machine. The second time counts.
 */
export async function onceMoreIfSlow(place: Place, diary: Diary, play: () => Promise<void>): Promise<void> {
  const since = new Date().toISOString();
  try {
    await play();
  } catch (error) {
    const { entries } = await readJournal(await journalOf(place.lab, place.host));
    const starved = entries.filter(({ at, cause }) => at >= since && cause === starvedCause).length;
    const workMs = cpuWorkMs();
    if (starved === 0 && workMs < slowWorkMs) throw error;
    const why = `guests were starved of processors ${starved} times, and a fixed piece of work took ${workMs.toFixed(0)} ms`;
    diary.diagnostic(`once more, for ${why}: ${error}`);
    await allWell(place.lab, place.host, machinesPerHost, settleTimeoutMs);
    await play();
  }
}

/** Follows a host's healer from now until each of the slots was red and is well, and drift was checked after that. */
export async function untilHealed({ lab, host }: Place, slots: readonly string[], diary: Diary): Promise<Noted[]> {
  const red = new Set<string>();
  const well = new Set<string>();
  const story = await followJournal(lab, host, healTimeoutMs, ({ kind, slot = "", status }) => {
    if (kind === "status" && status === "red") red.add(slot);
    if (kind === "status" && status === "green" && red.has(slot)) well.add(slot);
    return kind === "drift" && slots.every((name) => well.has(name));
  });
  tell(story, diary);
  assertHealed(story, slots);
  return story;
}

/** Does something that must leave the healer calm, and resolves to what it wrote meanwhile. */
export async function expectCalm({ lab, host }: Place, act: () => Promise<void>, diary: Diary): Promise<Noted[]> {
  const path = await journalOf(lab, host);
  const before = (await readJournal(path)).entries.at(-1)?.seq ?? 0;
  await act();
  await sleep(calmMs);
  const entries = (await readJournal(path)).entries.filter(({ seq }) => seq > before);
  const story = entries.map((entry) => ({ host, ...entry }) as unknown as Noted);
  tell(story, diary);
  assert.deepEqual(repairsIn(story), [], "it repaired what would have passed");
  return story;
}

/** Per repair that was begun, its slots: `replace web-1`. */
export function repairsIn(story: readonly Noted[]): string[][] {
  return story.flatMap((noted) => {
    if (noted.kind !== "repairBegun") return [];
    const { slots } = noted as unknown as { slots: { slot: string; repair: string }[] };
    return [slots.map(({ slot, repair }) => `${repair} ${slot}`).sort()];
  });
}

export async function expectNoDrift(place: Place): Promise<void> {
  const { code, stdout, stderr } = await previewOf(place);
  assert.equal(code, 0, stdout + stderr);
}

export function locksDir({ lab, host }: Place): Promise<string> {
  return pathOnHost(lab, host, "/var/lib/vigil/state/.pulumi/locks");
}

/** The locks of a host's stack, as paths in `locksDir`. */
export async function locksOf(place: Place): Promise<string[]> {
  const files = await readdir(await locksDir(place), { recursive: true }).catch(() => []);
  return files.filter((name) => name.endsWith(".json"));
}

function assertHealed(story: readonly Noted[], slots: readonly string[]): void {
  for (const slot of slots) {
    const red = story.findIndex((noted) => isStatus(noted, slot, "red"));
    assert.notEqual(red, -1, `nothing was found wrong with ${slot}`);
    const later = story.slice(red).filter((noted) => noted.kind === "status" && noted.slot === slot);
    assert.ok(
      later.some(({ status }) => status === "green"),
      `${slot}: ${later.at(-1)?.sentence}`,
    );
  }
  const drift = story.findLast(({ kind }) => kind === "drift");
  assert.equal(drift?.clean, true, drift?.sentence);
}

function tell(story: readonly Noted[], diary: Diary): void {
  for (const { kind, slot = "", sentence } of story) {
    if (sentence !== undefined) diary.diagnostic(`${kind} ${slot}: ${sentence}`);
  }
}

function isStatus({ kind, slot, status }: Noted, ofSlot: string, name: string): boolean {
  return kind === "status" && slot === ofSlot && status === name;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
