/** Measures one case again and again on a lab that is up, the product's pair in turn with a plain one, or by several methods. */
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../lab/lab.ts";
import { createPlainPair, type Plain, removePlainPair } from "./baseline/plainPair.ts";
import type { Case, Figures, Run } from "./cases/case.ts";
import { type Healers, readyHealers, rememberHealers } from "./healers.ts";
import { machineFacts, withWorkAfter } from "./machineFacts.ts";
import { jsonLineOf, type Report, renderStolen, reportOf, writeJson } from "./report.ts";
import { awaitHealthyPair, openRig, type Pair, type Rig } from "./rig.ts";
import { watchStolen } from "./stolenTime.ts";

const resultsDir = join(import.meta.dirname, "results");

export interface Wanted {
  readonly runs: number;
  readonly users: number;
  readonly thinkMs?: string;
  readonly healers: Healers;
  readonly baseline: "none" | Plain;
  /** Those that take turns, in the case's order; none in a case that has none. */
  readonly methods?: readonly string[];
}

/** Who takes turns: a pair of balancers, or a method on the product's. */
interface Turn {
  readonly name: string;
  readonly pair: Pair;
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
  await one.require?.(rig, wanted.methods ?? []);
  const restoreHealers = await rememberHealers(rig);
  try {
    return await measureTurns(one, wanted, rig, say);
  } finally {
    await restoreHealers();
  }
}

async function measureTurns(one: Case, wanted: Wanted, rig: Rig, say: Say): Promise<Measured> {
  const { baseline, methods = [rig.product.name] } = wanted;
  const ours = methods.map((name) => ({ name, pair: rig.product }));
  if (baseline === "none") return measureAll(one, wanted, rig, ours, say);
  try {
    const plain = await createBaseline(rig, baseline, say);
    return await measureAll(one, wanted, rig, [...ours, { name: plain.name, pair: plain }], say);
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

async function measureAll(one: Case, wanted: Wanted, rig: Rig, turns: readonly Turn[], say: Say): Promise<Measured> {
  const { runs: count, users, thinkMs, healers } = wanted;
  const startedAt = new Date();
  const rawDir = join(resultsDir, "raw", one.name, startedAt.toISOString().replaceAll(":", ""));
  await mkdir(rawDir, { recursive: true });
  const machine = await machineFacts(rig);
  const stolen = await watchStolen();
  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true;
  });

  const load = { users, ...(thinkMs === undefined ? {} : { thinkMs }) };
  const measure = async ({ name: method, pair }: Turn, index: number, dir: string): Promise<Figures> => {
    await mkdir(dir, { recursive: true });
    await readyHealers(rig, healers);
    return one.measure({ rig, pair, method, index, dir, healers, ...load });
  };
  for (let index = 0; index < one.warmups && !interrupted; index++) {
    for (const turn of turns) {
      const dir = join(rawDir, `warm-up-${index + 1}-${turn.name}`);
      say(`warm-up ${index + 1}/${one.warmups} ${turn.name}: ${describe(await measure(turn, index, dir))}`);
    }
  }
  const runs: Run[] = [];
  for (let index = 0; index < count && !interrupted; index++) {
    // They take turns in going first, so that a slow drift of the machine hits all.
    for (const turn of index % 2 === 0 ? turns : turns.toReversed()) {
      const dir = join(rawDir, `${`${index + 1}`.padStart(3, "0")}-${turn.name}`);
      const stolenInRun = await watchStolen();
      const figures = await measure(turn, index, dir);
      const stolenShare = await stolenInRun();
      const run = { pair: turn.name, index, figures };
      runs.push(run);
      const facts = { case: one.name, startedAt: startedAt.toISOString(), healers, ...load, machine, stolenShare };
      await appendFile(join(rawDir, "runs.jsonl"), jsonLineOf({ ...run, ...facts }));
      say(`${index + 1}/${count} ${turn.name}: ${describe(figures)}; ${renderStolen(stolenShare)}`);
    }
  }

  // The product comes first in every table, whoever went first.
  runs.sort((a, b) => turns.findIndex(({ name }) => name === a.pair) - turns.findIndex(({ name }) => name === b.pair));
  const setting = { healers, ...load, workers: workersByHost(rig) };
  const report = reportOf(one.name, startedAt, withWorkAfter(machine, await stolen()), runs, one.judge(runs), setting);
  await writeJson(join(resultsDir, `${resultNameOf(one, wanted)}.json`), report);
  return { report, interrupted };
}

function workersByHost({ hosts, workers }: Rig): Record<string, number> {
  return Object.fromEntries(hosts.map((name) => [name, workers.filter(({ host }) => host === name).length]));
}

/** What was measured beside the tuned pair or by all methods, and with the healers as they are by default, is what documents cite. */
export function resultNameOf(
  one: Case,
  { baseline, healers, methods }: Pick<Wanted, "baseline" | "healers" | "methods">,
): string {
  return [
    one.name,
    ...(baseline === "defaults" ? ["defaults"] : []),
    ...(baseline === "none" && one.compared ? ["alone"] : []),
    ...(healers === one.healers[0] ? [] : ["healers"]),
    ...(methods === undefined || methods.length === one.methods?.length ? [] : [methods.join("-")]),
  ].join(".");
}

function describe(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`)
    .join(", ");
}
