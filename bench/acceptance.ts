/** Measures what the product promises, fault by fault, on a lab that is up, and says whether the promise is kept. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import { exitCodeOf, messageOf } from "../cli/exitCodes.ts";
import { chosenLab, type LabChoice, labOption } from "../cli/labOption.ts";
import { parseCount, progressPrinter } from "../cli/output.ts";
import { createPlainPair, type Plain, removePlainPair } from "./baseline/plainPair.ts";
import { faultCases, stressCases } from "./cases/allCases.ts";
import type { Case, Run } from "./cases/case.ts";
import { machineFacts } from "./machineFacts.ts";
import { renderReport, reportOf, writeJson } from "./report.ts";
import { awaitHealthyPair, openRig, type Pair, type Rig } from "./rig.ts";

const resultsDir = join(import.meta.dirname, "results");

interface Options extends LabChoice {
  readonly runs: number;
  readonly users: number;
  readonly baseline: "none" | Plain;
}

const program = new Command("acceptance")
  .description("Break one thing at a time in a lab, measure what users lose, and judge it.")
  .addHelpText(
    "after",
    `
Run from the checkout that the lab belongs to, with its stacks deployed. Raw records go to bench/results/raw/, the
summary to bench/results/CASE.json. Ctrl-C ends after the current run, with a summary of those before.
Exits with 1 if a claim is not met.

Examples:
  node bench/acceptance.ts holder-nginx --runs 10
  node bench/acceptance.ts worker-vm --runs 20 --lab test`,
  );

for (const one of [...faultCases, ...stressCases]) {
  program
    .command(one.name)
    .description(one.what)
    .addOption(labOption())
    .option("--runs <n>", "how often, for each pair", parseCount, 10)
    .option("--users <n>", "busy keep-alive connections", parseCount, one.users)
    .addOption(
      new Option("--baseline <pair>", "the plain pair that takes turns with the product's")
        .choices(["none", "tuned", "defaults"])
        .default(one.compared ? "tuned" : "none"),
    )
    .action((options: Options) => runCase(one, options));
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
  { runs: wanted, users }: Options,
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

  for (let index = 0; index < one.warmups && !interrupted; index++) {
    for (const pair of pairs) {
      const dir = join(rawDir, `warm-up-${index + 1}-${pair.name}`);
      await mkdir(dir, { recursive: true });
      say(
        `warm-up ${index + 1}/${one.warmups} ${pair.name}: ${describe(await one.measure({ rig, pair, index, dir, users }))}`,
      );
    }
  }
  const runs: Run[] = [];
  for (let index = 0; index < wanted && !interrupted; index++) {
    // The pairs take turns in going first, so that a slow drift of the machine hits both.
    for (const pair of index % 2 === 0 ? pairs : pairs.toReversed()) {
      const dir = join(rawDir, `${`${index + 1}`.padStart(3, "0")}-${pair.name}`);
      await mkdir(dir, { recursive: true });
      const figures = await one.measure({ rig, pair, index, dir, users });
      const run = { pair: pair.name, index, figures };
      runs.push(run);
      await writeJson(join(dir, "run.json"), run);
      say(`${index + 1}/${wanted} ${pair.name}: ${describe(figures)}`);
    }
  }

  // The product comes first in every table, whoever went first.
  runs.sort((a, b) => pairs.findIndex(({ name }) => name === a.pair) - pairs.findIndex(({ name }) => name === b.pair));
  const report = reportOf(one.name, startedAt, machine, runs, one.judge(runs));
  // The summary against the tuned pair is the one that the documents cite.
  const suffix = pairs.some(({ name }) => name === "defaults") ? ".defaults" : "";
  await writeJson(join(resultsDir, `${one.name}${suffix}.json`), report);
  process.stdout.write(renderReport(report));
  if (interrupted || report.checks.some(({ met }) => !met)) process.exitCode = 1;
}

function describe(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`)
    .join(", ");
}
