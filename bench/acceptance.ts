/** Measures what the product promises, fault by fault, on a lab that is up, and says whether the promise is kept. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import { exitCodeOf, messageOf } from "../cli/exitCodes.ts";
import { chosenLab, type LabChoice, labOption } from "../cli/labOption.ts";
import { parseCount, progressPrinter } from "../cli/output.ts";
import { createPlainPair, type Plain, removePlainPair } from "./baseline/plainPair.ts";
import { faultCases, stressCases, wishCases } from "./cases/allCases.ts";
import type { Case, Figures, Run } from "./cases/case.ts";
import { type Healers, readyHealers, rememberHealers } from "./healers.ts";
import { machineFacts } from "./machineFacts.ts";
import { renderReport, reportOf, writeJson } from "./report.ts";
import { awaitHealthyPair, openRig, type Pair, type Rig } from "./rig.ts";

const resultsDir = join(import.meta.dirname, "results");

interface Options extends LabChoice {
  readonly runs: number;
  readonly users: number;
  readonly thinkMs?: string;
  readonly healers: Healers;
  readonly baseline: "none" | Plain;
}

const program = new Command("acceptance")
  .description("Break one thing at a time in a lab, measure what users lose, and judge it.")
  .addHelpText(
    "after",
    `
Run from the checkout that the lab belongs to, with its stacks deployed. While a fault is measured no healer runs, unless
--healers running; then they are started anew before each run, with an empty journal and budgets that nobody has spent.
Raw records go to bench/results/raw/, the summary to bench/results/CASE.json. Ctrl-C ends after the current run, with a summary of those before.
Exits with 1 if a claim is not met.

Examples:
  node bench/acceptance.ts holder-nginx --runs 10
  node bench/acceptance.ts worker-vm --runs 20 --lab test
  node bench/acceptance.ts worker-vm --runs 20 --healers running
  node bench/acceptance.ts vip-move --runs 30`,
  );

for (const one of [...faultCases, ...stressCases, ...wishCases]) {
  const command = program
    .command(one.name)
    .description(one.what)
    .addOption(labOption())
    .option("--runs <n>", "how often, for each pair", parseCount, 10)
    .option("--users <n>", "busy keep-alive connections", parseCount, one.users)
    .addOption(
      new Option("--healers <state>", "whether the hosts' healers run meanwhile; afterwards they are as they were")
        .choices(one.healers)
        .default(one.healers[0]),
    )
    .addOption(
      new Option("--baseline <pair>", "the plain pair that takes turns with the product's")
        .choices(["none", "tuned", "defaults"])
        .default(one.compared ? "tuned" : "none"),
    )
    .action((options: Options) => runCase(one, options));
  if (one.thinkMs !== undefined)
    command.option("--think-ms <min-max>", "the pause of each connection after an answer", one.thinkMs);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`acceptance: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

async function runCase(one: Case, options: Options): Promise<void> {
  const say = progressPrinter(one.name);
  const rig = await openRig(chosenLab(options));
  const restoreHealers = await rememberHealers(rig);
  try {
    await runPairs(one, options, rig, say);
  } finally {
    await restoreHealers();
  }
}

async function runPairs(one: Case, options: Options, rig: Rig, say: (line: string) => void): Promise<void> {
  const { baseline } = options;
  if (baseline === "none") return runAll(one, options, rig, [rig.product], say);
  try {
    await runAll(one, options, rig, [rig.product, await createBaseline(rig, baseline, say)], say);
  } finally {
    await removePlainPair(rig);
  }
}

async function createBaseline(rig: Rig, kind: Plain, say: (line: string) => void): Promise<Pair> {
  const plain = await createPlainPair(rig, kind);
  say(`the ${kind} pair boots`);
  const { host } = await awaitHealthyPair(rig, plain);
  say(`the ${kind} pair serves, ${host} holds ${plain.vip}`);
  return plain;
}

async function runAll(
  one: Case,
  { runs: wanted, users, thinkMs, healers }: Options,
  rig: Rig,
  pairs: readonly Pair[],
  say: (line: string) => void,
): Promise<void> {
  const startedAt = new Date();
  const rawDir = join(resultsDir, "raw", one.name, startedAt.toISOString().replaceAll(":", ""));
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
  for (let index = 0; index < wanted && !interrupted; index++) {
    // The pairs take turns in going first, so that a slow drift of the machine hits both.
    for (const pair of index % 2 === 0 ? pairs : pairs.toReversed()) {
      const dir = join(rawDir, `${`${index + 1}`.padStart(3, "0")}-${pair.name}`);
      const figures = await measure(pair, index, dir);
      const run = { pair: pair.name, index, figures };
      runs.push(run);
      await writeJson(join(dir, "run.json"), run);
      say(`${index + 1}/${wanted} ${pair.name}: ${describe(figures)}`);
    }
  }

  // The product comes first in every table, whoever went first.
  runs.sort((a, b) => pairs.findIndex(({ name }) => name === a.pair) - pairs.findIndex(({ name }) => name === b.pair));
  const report = reportOf(one.name, startedAt, machine, runs, one.judge(runs), { healers, ...load });
  // The summary against the tuned pair, and with the healers as they are by default, is the one that the documents cite.
  const suffixes = [
    pairs.some(({ name }) => name === "defaults") ? ".defaults" : "",
    healers === one.healers[0] ? "" : ".healers",
  ];
  const suffix = suffixes.join("");
  await writeJson(join(resultsDir, `${one.name}${suffix}.json`), report);
  process.stdout.write(renderReport(report));
  if (interrupted || report.checks.some(({ met }) => !met)) process.exitCode = 1;
}

function describe(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`)
    .join(", ");
}
