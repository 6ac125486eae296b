/**
 * The balancer that holds the address dies again and again; its healer rebuilds it. The address must move once per death
 * and stay where it went: the rebuilt balancer is a backup. Who held it is read from the wire, over the whole repair.
 * Needs a lab with both stacks deployed.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { exitCodeOf, messageOf } from "../cli/exitCodes.ts";
import { chosenLab, type LabChoice, labOption } from "../cli/labOption.ts";
import { parseCount, progressPrinter } from "../cli/output.ts";
import { allWell, beginAnew, startHealer } from "../lab/healers.ts";
import { signal } from "../lab/processes.ts";
import { type Check, figuresOf, type Run } from "./cases/case.ts";
import { machineFacts } from "./machineFacts.ts";
import { recordFrames } from "./observe.ts";
import { ownershipOf } from "./ownership.ts";
import { renderReport, reportOf, writeJson } from "./report.ts";
import { nowMs } from "./requestRecord.ts";
import { awaitHealthyPair, openRig, processOf, type Rig } from "./rig.ts";

const wellTimeoutMs = 240_000;
/** Long enough for a rebuilt balancer to claim the address, if it is going to. */
const watchMs = 5_000;
const resultsDir = join(import.meta.dirname, "results");

const program = new Command("rebuildHolder")
  .description(
    "Kill the balancer that holds the address again and again; see that it is rebuilt, and where the address is.",
  )
  .addOption(labOption())
  .option("--runs <n>", "how often", parseCount, 5)
  .addHelpText("after", "\nExample:\n  node bench/rebuildHolder.ts --runs 30 --lab demo")
  .action(measure);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`rebuildHolder: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

async function measure(options: LabChoice & { runs: number }): Promise<void> {
  const say = progressPrinter("rebuild-holder");
  const rig = await openRig(chosenLab(options));
  const machine = await machineFacts(rig);
  const startedAt = new Date();
  for (const host of rig.hosts) await startHealer(rig.lab, host);
  const runs: Run[] = [];
  for (let index = 0; index < options.runs; index++) {
    const dir = join(resultsDir, "raw", "rebuild-holder", `${startedAt.getTime()}-${index + 1}`);
    await mkdir(dir, { recursive: true });
    const figures = await killHolder(rig, dir);
    runs.push({ pair: rig.product.name, index, figures });
    say(`${index + 1}/${options.runs}: ${JSON.stringify(figures)}`);
  }
  const report = reportOf("rebuild-holder", startedAt, machine, runs, judge(runs, rig.product.name));
  await writeJson(join(resultsDir, "rebuild-holder.json"), report);
  process.stdout.write(renderReport(report));
  if (report.checks.some(({ met }) => !met)) process.exitCode = 1;
}

async function killHolder(rig: Rig, dir: string): Promise<Record<string, number>> {
  const { product, lab } = rig;
  const holder = await awaitHealthyPair(rig, product);
  const slots = rig.outputs.get(holder.host)?.slots.length ?? 0;
  await beginAnew(lab, holder.host, slots, wellTimeoutMs);
  const qemu = await processOf(rig, holder);
  await using recording = await recordFrames(rig, product, dir);
  await sleep(1_000);
  const faultMs = nowMs();
  await signal(qemu, "SIGKILL");
  // The last word is still that all is well until the death has been noticed.
  await sleep(2_000);
  await allWell(lab, holder.host, slots, wellTimeoutMs);
  const repairedMs = nowMs() - faultMs;
  await sleep(watchMs);
  const { vip, vrid, advertMs } = product;
  const frames = await recording.stop();
  const { tenures, noHolderMs, twoHoldersMs } = ownershipOf(frames, { vip, vrid, silenceMs: 3.5 * advertMs });
  return { repairedMs, noHolderMs, twoHoldersMs, moves: tenures.length - 1 };
}

function judge(runs: readonly Run[], pair: string): Check[] {
  const moves = figuresOf(runs, pair, "moves");
  const twoHoldersMs = Math.max(...figuresOf(runs, pair, "twoHoldersMs"));
  return [
    {
      about: "loss",
      claim: "the address moves once, and stays with the peer when its old holder has been rebuilt",
      met: moves.every((count) => count === 1),
      found: `${moves.filter((count) => count === 1).length} of ${moves.length} times`,
    },
    {
      about: "loss",
      claim: "never two holders",
      met: twoHoldersMs === 0,
      found: `${twoHoldersMs.toFixed(0)} ms at most`,
    },
  ];
}
