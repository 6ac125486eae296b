/** Measures one case again and again on a lab that is up, the product's pair in turn with a plain one. */
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../lab/lab.ts";
import { createPlainPair, type Plain, removePlainPair } from "./baseline/plainPair.ts";
import type { Case, Figures, Run } from "./cases/case.ts";
import { type Healers, readyHealers, rememberHealers } from "./healers.ts";
import { machineFacts, withWorkAfter } from "./machineFacts.ts";
import { jsonLineOf, type Report, reportOf, writeJson } from "./report.ts";
import { awaitHealthyPair, openRig, type Pair, type Rig } from "./rig.ts";

const resultsDir = join(import.meta.dirname, "results");

export interface Wanted {
  readonly runs: number;
  readonly users: number;
  readonly thinkMs?: string;
  readonly healers: Healers;
  readonly baseline: "none" | Plain;
}

export interface Measured {
  readonly report: Report;
  /** Ctrl-C ended it before all runs were done. */
  readonly interrupted: boolean;
}

type Say = (line: string) => void;

/** Resolves when the summary is written. Rejects ERR_LAB_NOT_UP if there is no lab to measure in. */
export async function measureCase(one: Case, lab: Lab, wanted: Wanted, say: Say): Promise<Measured> {
  const rig = await openRig(lab);
  const restoreHealers = await rememberHealers(rig);
  try {
    return await measurePairs(one, wanted, rig, say);
  } finally {
    await restoreHealers();
  }
}

async function measurePairs(one: Case, wanted: Wanted, rig: Rig, say: Say): Promise<Measured> {
  const { baseline } = wanted;
  if (baseline === "none") return measureAll(one, wanted, rig, [rig.product], say);
  try {
    return await measureAll(one, wanted, rig, [rig.product, await createBaseline(rig, baseline, say)], say);
  } finally {
    await removePlainPair(rig);
  }
}

async function createBaseline(rig: Rig, kind: Plain, say: Say): Promise<Pair> {
  const plain = await createPlainPair(rig, kind);
  say(`the ${kind} pair boots`);
  const { host } = await awaitHealthyPair(rig, plain);
  say(`the ${kind} pair serves, ${host} holds ${plain.vip}`);
  return plain;
}

async function measureAll(
  one: Case,
  { runs: count, users, thinkMs, healers }: Wanted,
  rig: Rig,
  pairs: readonly Pair[],
  say: Say,
): Promise<Measured> {
  const startedAt = new Date();
  const rawDir = join(resultsDir, "raw", one.name, startedAt.toISOString().replaceAll(":", ""));
  await mkdir(rawDir, { recursive: true });
  const machine = await machineFacts(rig);
  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true;
  });

  const load = { users, ...(thinkMs === undefined ? {} : { thinkMs }) };
  const measure = async (pair: Pair, index: number, dir: string): Promise<Figures> => {
    await mkdir(dir, { recursive: true });
    await readyHealers(rig, healers);
    return one.measure({ rig, pair, index, dir, healers, ...load });
  };
  for (let index = 0; index < one.warmups && !interrupted; index++) {
    for (const pair of pairs) {
      const dir = join(rawDir, `warm-up-${index + 1}-${pair.name}`);
      say(`warm-up ${index + 1}/${one.warmups} ${pair.name}: ${describe(await measure(pair, index, dir))}`);
    }
  }
  const runs: Run[] = [];
  for (let index = 0; index < count && !interrupted; index++) {
    // The pairs take turns in going first, so that a slow drift of the machine hits both.
    for (const pair of index % 2 === 0 ? pairs : pairs.toReversed()) {
      const dir = join(rawDir, `${`${index + 1}`.padStart(3, "0")}-${pair.name}`);
      const figures = await measure(pair, index, dir);
      const run = { pair: pair.name, index, figures };
      runs.push(run);
      const facts = { case: one.name, startedAt: startedAt.toISOString(), healers, ...load, machine };
      await appendFile(join(rawDir, "runs.jsonl"), jsonLineOf({ ...run, ...facts }));
      say(`${index + 1}/${count} ${pair.name}: ${describe(figures)}`);
    }
  }

  // The product comes first in every table, whoever went first.
  runs.sort((a, b) => pairs.findIndex(({ name }) => name === a.pair) - pairs.findIndex(({ name }) => name === b.pair));
  const report = reportOf(one.name, startedAt, withWorkAfter(machine), runs, one.judge(runs), {
    healers,
    ...load,
  });
  // The summary against the tuned pair, and with the healers as they are by default, is the one that the documents cite.
  const suffixes = [
    pairs.some(({ name }) => name === "defaults") ? ".defaults" : "",
    healers === one.healers[0] ? "" : ".healers",
  ];
  const suffix = suffixes.join("");
  await writeJson(join(resultsDir, `${one.name}${suffix}.json`), report);
  return { report, interrupted };
}

function describe(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`)
    .join(", ");
}
