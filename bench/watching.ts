/**
 * What watching costs: a healer reads the heartbeats of many machines over loopback, beside the least program that reads
 * the same streams and does nothing with them; they take turns. Needs no lab and no rights.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { exitCodeOf, messageOf } from "../cli/exitCodes.ts";
import { parseCount, progressPrinter } from "../cli/output.ts";
import { type Check, type Figures, figuresOf, type Run } from "./cases/case.ts";
import { hostFacts, withWorkAfter } from "./machineFacts.ts";
import { renderReport, reportOf, writeJson } from "./report.ts";
import { watchStolen } from "./stolenTime.ts";
import { Child } from "./streams/child.ts";
import type { ReaderOptions, SenderOptions, Stream } from "./streams/protocol.ts";

interface WatchingCase {
  readonly name: string;
  readonly what: string;
  readonly streams: number;
  readonly intervalMs: number;
  /** As many machines as a host has are known to libvirt as well. */
  readonly domains: boolean;
  /** Of one core; undefined if nothing was promised. */
  readonly allowedCpuPercent: number | undefined;
}

const cases: readonly WatchingCase[] = [
  {
    name: "watching-20",
    what: "20 machines that beat five times a second, as a full host has",
    streams: 20,
    intervalMs: 200,
    domains: true,
    allowedCpuPercent: undefined,
  },
  {
    name: "watching-2000",
    what: "2,000 machines that beat once a second",
    streams: 2_000,
    intervalMs: 1_000,
    domains: false,
    allowedCpuPercent: 10,
  },
];

const readers = { healer: "watchStreams.ts", bare: "readStreams.ts" } as const;
/** A tenth of the lateness at which a healer distrusts its ears. */
const allowedLagMs = 30;
/** Below this share of the beats that were due, the machine was too busy to send them. */
const sentShare = 0.95;
/** For the machine code of what runs often, once each stream is connected and nothing is left unread. */
const warmUpMs = 10_000;
const connectTimeoutMs = 180_000;
/** For what is on its way. */
const arrivalMs = 1_000;

interface Options {
  readonly runs: number;
  readonly seconds: number;
}

const program = new Command("watching")
  .description("Measure what it costs to watch machines that are well, beside only reading what they send.")
  .addHelpText("after", "\nExample:\n  node bench/watching.ts watching-2000 --runs 3");
for (const one of cases) {
  program
    .command(one.name)
    .description(one.what)
    .option("--runs <n>", "how often, for each reader", parseCount, 3)
    .option("--seconds <n>", "how long each run is measured", parseCount, 60)
    .action((options: Options) => runCase(one, options));
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`watching: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

async function runCase(one: WatchingCase, options: Options): Promise<void> {
  const say = progressPrinter(one.name);
  const machine = await hostFacts();
  const stolen = await watchStolen();
  const startedAt = new Date();
  const runs: Run[] = [];
  for (let index = 0; index < options.runs; index++) {
    const order = index % 2 === 0 ? (["healer", "bare"] as const) : (["bare", "healer"] as const);
    for (const pair of order) {
      const figures = await measure(one, readers[pair], options.seconds);
      runs.push({ pair, index, figures });
      say(`${index + 1}/${options.runs} ${pair}: ${JSON.stringify(figures)}`);
    }
  }
  runs.sort((first, second) => (first.pair === second.pair ? 0 : first.pair === "healer" ? -1 : 1));
  const report = reportOf(one.name, startedAt, withWorkAfter(machine, await stolen()), runs, judge(one, runs));
  await writeJson(join(import.meta.dirname, "results", `${one.name}.json`), report);
  process.stdout.write(renderReport(report));
  if (report.checks.some(({ met }) => !met)) process.exitCode = 1;
}

/** New processes for each run: one that has grown does not grow again. */
async function measure(one: WatchingCase, script: string, seconds: number): Promise<Figures> {
  const dir = await mkdtemp(join(tmpdir(), "vigil-bench-"));
  try {
    const { streams: count, intervalMs, domains } = one;
    const sending = await Child.start<Stream[]>("sendStreams.ts", {
      streams: count,
      intervalMs,
    } satisfies SenderOptions);
    await using sender = sending.child;
    const options: ReaderOptions = { streams: sending.ready, intervalMs, dir, domains };
    await using reader = (await Child.start(script, options)).child;
    await untilSteady(reader, (count * 1000) / intervalMs);
    await sleep(warmUpMs);
    await reader.ask("begin");
    await sleep(seconds * 1000);
    const figures = await reader.ask("end");
    const sent = await sender.ask("count");
    await sleep(arrivalMs);
    return { ...figures, lost: sent - (await reader.ask("count")) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Resolves when the reader hears what is sent, and not what has waited for it. */
async function untilSteady(reader: Child, duePerS: number): Promise<void> {
  const deadlineMs = performance.now() + connectTimeoutMs;
  let [heard, askedMs, steadyTimes] = [await reader.ask("count"), performance.now(), 0];
  while (steadyTimes < 3) {
    if (performance.now() > deadlineMs) throw new Error(`the reader lags behind after ${connectTimeoutMs / 1000} s`);
    await sleep(1_000);
    const [now, nowMs] = [await reader.ask("count"), performance.now()];
    const share = ((now - heard) * 1000) / (nowMs - askedMs) / duePerS;
    steadyTimes = Math.abs(share - 1) < 0.1 ? steadyTimes + 1 : 0;
    [heard, askedMs] = [now, nowMs];
  }
}

function judge({ streams, intervalMs, allowedCpuPercent }: WatchingCase, runs: readonly Run[]): Check[] {
  const worst = (name: string) => Math.max(...figuresOf(runs, "healer", name));
  const duePerS = (streams * 1000) / intervalMs;
  const leastPerS = Math.min(...runs.map(({ figures }) => figures.beatsPerS ?? 0));
  const [lost, changes, connects] = [worst("lost"), worst("changes"), worst("connects")];
  const checks: Check[] = [
    {
      about: "time",
      claim: `the machine kept up: ${duePerS} beats a second were sent and heard`,
      met: leastPerS >= sentShare * duePerS,
      found: `${leastPerS.toFixed(0)} a second in the worst run`,
    },
    {
      about: "loss",
      claim: "no beat is lost, no stream is given up, and no machine is taken for anything but well",
      met: lost === 0 && connects === 0 && changes === 0 && worst("notGreen") === 0,
      found: `${lost} lost, ${connects} connects, ${changes} changes of a status`,
    },
    {
      about: "time",
      claim: `99 % of the healer's ticks are at most ${allowedLagMs} ms late`,
      met: worst("lagP99Ms") <= allowedLagMs,
      found: `${worst("lagP99Ms").toFixed(1)} ms in the worst run`,
    },
  ];
  if (allowedCpuPercent === undefined) return checks;
  const claim = `it takes at most ${allowedCpuPercent} % of a core`;
  const found = `${worst("cpuPercent").toFixed(1)} % in the worst run`;
  return [...checks, { about: "time", claim, met: worst("cpuPercent") <= allowedCpuPercent, found }];
}
