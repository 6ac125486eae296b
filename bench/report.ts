import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { renderTable } from "../cli/output.ts";
import { type Check, figuresOf, type Run } from "./cases/case.ts";
import type { Healers } from "./healers.ts";
import type { HostFacts, MachineFacts, Work } from "./machineFacts.ts";
import { type Summary, summarize } from "./statistics.ts";

/** What the command was asked for, and what it found to measure. */
export interface Setting {
  readonly healers?: Healers;
  readonly users?: number;
  readonly thinkMs?: string;
  /** How many there were before the first run, by host. */
  readonly workers?: Readonly<Record<string, number>>;
}

export interface Report extends Setting {
  readonly case: string;
  readonly startedAt: string;
  /** Without guests where there were none. */
  readonly machine: HostFacts | MachineFacts;
  /** By pair, then by figure. */
  readonly summaries: Readonly<Record<string, Readonly<Record<string, Summary>>>>;
  readonly checks: readonly Check[];
  readonly runs: readonly Run[];
}

export function reportOf(
  name: string,
  startedAt: Date,
  machine: HostFacts | MachineFacts,
  runs: readonly Run[],
  checks: readonly Check[],
  setting: Setting = {},
): Report {
  const summaries: Record<string, Record<string, Summary>> = {};
  for (const pair of new Set(runs.map((run) => run.pair))) {
    const figures = new Set(runs.filter((run) => run.pair === pair).flatMap((run) => Object.keys(run.figures)));
    const rows = [...figures].map((figure) => [figure, summarize(figuresOf(runs, pair, figure))] as const);
    summaries[pair] = Object.fromEntries(rows.flatMap(([figure, summary]) => (summary ? [[figure, summary]] : [])));
  }
  return { case: name, startedAt: startedAt.toISOString(), machine, ...setting, summaries, checks, runs };
}

/** Figures of the second and further pairs are shown beside the first one's ratio to them. */
export function renderReport({ case: name, machine, healers, summaries, checks }: Report): string {
  const [ours = {}, theirs] = Object.values(summaries);
  const rows = Object.entries(summaries).flatMap(([pair, figures]) =>
    Object.entries(figures).map(([figure, { n, median, medianInterval, max, beyondMaxBound }]) => [
      pair,
      figure,
      `${n}`,
      number(median),
      medianInterval === undefined ? "-" : `${number(medianInterval.low)} to ${number(medianInterval.high)}`,
      number(max),
      `${(100 * beyondMaxBound).toFixed(0)} %`,
      figures === ours && theirs !== undefined ? ratio(median, theirs[figure]?.median) : "-",
      figures === ours && theirs !== undefined ? ratio(max, theirs[figure]?.max) : "-",
    ]),
  );
  const header = ["pair", "figure", "n", "median", "its 95 % bounds", "max", "may exceed", "median x", "max x"];
  const verdicts = checks.map(({ claim, met, found }) => `${met ? "met    " : "NOT MET"}  ${claim}: ${found}\n`);
  const watched = healers === undefined ? "" : healers === "running" ? ", healers running" : ", no healer running";
  const guests = "accelerator" in machine ? machine.accelerator.toUpperCase() : "no guests";
  const title = `${name} (${guests}) on ${machine.cores} cores, ${machine.processor}`;
  const moment = `load ${machine.loadAverage.toFixed(1)} before, ${renderWork(machine.work)}${watched}`;
  return `\n${title}\n${moment}\n${renderTable(header, rows)}\n${verdicts.join("")}`;
}

export function renderWork({ beforeMs, afterMs, stolenShare }: Work): string {
  const after = afterMs === undefined ? "" : ` and ${afterMs.toFixed(0)} ms after`;
  const meanwhile = stolenShare === undefined ? "" : `, ${renderStolen(stolenShare)} meanwhile`;
  return `a fixed piece of work took ${beforeMs.toFixed(0)} ms before${after}${meanwhile}`;
}

export function renderStolen(share: number): string {
  return `other machines had ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} % of the processors' time that was wanted here`;
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, jsonOf(value));
}

export function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, infinityAsText, 2)}\n`;
}

export function jsonLineOf(value: unknown): string {
  return `${JSON.stringify(value, infinityAsText)}\n`;
}

/** JSON has no infinity and would write null, which reads as "not measured". */
function infinityAsText(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? "infinite" : value;
}

function number(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toFixed(Number.isFinite(value) ? 1 : 0);
}

function ratio(ours: number, theirs: number | undefined): string {
  return theirs === undefined || theirs === 0 ? "-" : (ours / theirs).toFixed(2);
}
