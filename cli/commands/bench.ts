import { Command, InvalidArgumentError, Option } from "commander";
import { faultCases, hostCases, methodCases, stressCases, wishCases } from "../../bench/cases/allCases.ts";
import type { Case } from "../../bench/cases/case.ts";
import type { Healers } from "../../bench/healers.ts";
import { measureCase, type Wanted } from "../../bench/measureCase.ts";
import { jsonOf, renderReport } from "../../bench/report.ts";
import { LabError } from "../../lab/labError.ts";
import { exitCodes } from "../exitCodes.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, parseCount, progressPrinter } from "../output.ts";

const allCases = [...faultCases, ...hostCases, ...stressCases, ...wishCases, ...methodCases];
const defaultRuns = 10;

export interface BenchOptions extends LabChoice {
  readonly fault: Case;
  readonly runs: number;
  readonly users?: number;
  readonly thinkMs?: string;
  readonly healers?: Healers;
  readonly baseline?: Wanted["baseline"];
  readonly methods?: readonly string[];
  readonly output: Format;
}

export function benchCommand(): Command {
  return new Command("bench")
    .description("Break one thing again and again in a lab, measure what users lose, and judge it.")
    .addOption(
      new Option("--fault <name>", "what is done, one of those below").argParser(parseCase).makeOptionMandatory(),
    )
    .option("--runs <n>", "how often, for each pair or method", parseCount, defaultRuns)
    .option("--users <n>", "busy keep-alive connections; each fault has its own default", parseCount)
    .option("--think-ms <min-max>", "the pause of each connection after an answer, where users think")
    .addOption(new Option("--healers <state>", "whether the hosts' healers run meanwhile").choices(["none", "running"]))
    .addOption(
      new Option("--baseline <pair>", "the plain pair that takes turns with the product's").choices([
        "none",
        "tuned",
        "defaults",
      ]),
    )
    .option("--methods <name...>", "which methods take turns, of a fault that has several")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
${listOf("Faults, measured while no healer runs unless --healers says so", faultCases)}
${listOf("Faults, measured under healers", hostCases)}
${listOf("What is no fault, under healers", stressCases)}
${listOf("Wishes, under healers", wishCases)}
${listOf("What people also do by other means, in turn with those", methodCases)}
Run from the checkout that the lab belongs to, with its stacks deployed. Under healers they are started anew before each
run, with an empty journal and budgets that nobody has spent; afterwards they run or not as they did before. Every request
goes to bench/results/raw/, the summary to bench/results/FAULT.json. Ctrl-C ends after the current run, with a summary of
those before. Method tofu takes \`toolchain/setup.sh --only tofu\`. \`make bench\` measures all of them, in a lab of its own.

Exit code 9: a claim is not met. Exit code 1: it could not be measured, or not as often as it should.

Examples:
  vigil bench --fault holder-nginx --runs 10
  vigil bench --fault worker-vm --runs 20 --healers running
  vigil bench --fault holder-vm --baseline defaults
  vigil bench --fault repair --runs 10 --methods vigil virsh
  vigil bench --fault vip-move --runs 30 -o json | jq .checks`,
    )
    .action(async (options: BenchOptions) => {
      const { report, interrupted } = await measureCase(
        options.fault,
        chosenLab(options),
        wantedOf(options),
        progressPrinter(options.fault.name),
      );
      const told = options.fault.tell?.(report.runs) ?? "";
      process.stdout.write(options.output === "json" ? jsonOf(report) : renderReport(report) + told);
      if (interrupted) process.exitCode = exitCodes.failed;
      else if (report.checks.some(({ met }) => !met)) process.exitCode = exitCodes.notMet;
    });
}

/** Throws ERR_USAGE if the case is not measured in the way that is asked for. */
export function wantedOf({ fault, runs, users, thinkMs, healers, baseline, methods }: BenchOptions): Wanted {
  if (healers !== undefined && !fault.healers.includes(healers)) {
    const only = fault.healers.join(" or ");
    throw new LabError(
      "ERR_USAGE",
      `--healers ${healers}: ${fault.name} is measured with healers ${only} only. Leave out --healers.`,
    );
  }
  if (thinkMs !== undefined && fault.thinkMs === undefined)
    throw new LabError("ERR_USAGE", `--think-ms ${thinkMs}: the users of ${fault.name} do not think. Leave it out.`);
  if (baseline !== undefined && fault.methods !== undefined)
    throw new LabError(
      "ERR_USAGE",
      `--baseline ${baseline}: ${fault.name} is measured by several methods and beside no plain pair. Leave it out.`,
    );
  const pause = thinkMs ?? fault.thinkMs;
  const chosen = methods === undefined ? fault.methods : chosenMethods(fault, methods);
  return {
    runs,
    users: users ?? fault.users,
    ...(pause === undefined ? {} : { thinkMs: pause }),
    healers: healers ?? fault.healers[0] ?? "none",
    baseline: baseline ?? (fault.compared ? "tuned" : "none"),
    ...(chosen === undefined ? {} : { methods: chosen }),
  };
}

/** In the case's order: ours comes first in every table. */
function chosenMethods({ name, methods = [] }: Case, asked: readonly string[]): readonly string[] {
  const unknown = asked.find((one) => !methods.includes(one));
  if (unknown === undefined) return methods.filter((one) => asked.includes(one));
  const remedy = methods.length === 0 ? "Leave out --methods" : `Write some of ${methods.join(", ")}`;
  throw new LabError("ERR_USAGE", `--methods ${unknown}: ${name} has no such method. ${remedy}.`);
}

function parseCase(name: string): Case {
  const found = allCases.find((one) => one.name === name);
  if (found === undefined)
    throw new InvalidArgumentError(`Write one of ${allCases.map((one) => one.name).join(", ")}.`);
  return found;
}

function listOf(title: string, cases: readonly Case[]): string {
  const lines = cases.map(({ name, what, methods }) => {
    const ways = methods === undefined ? "" : `${" ".repeat(18)}--methods ${methods.join(" ")}\n`;
    return `  ${name.padEnd(16)}${what}\n${ways}`;
  });
  return `${title}:\n${lines.join("")}`;
}
