/**
 * How long a killed worker is away: rebuilt by its host's healer, and by hand with virsh as fast as a script can. The hand
 * is the floor: the same overlay, the same domain, the same boot. Both end with the first answer of the rebuilt machine's
 * agent, and they take turns. Needs a lab with both stacks deployed.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { exitCodeOf, messageOf } from "../cli/exitCodes.ts";
import { chosenLab, type LabChoice, labOption } from "../cli/labOption.ts";
import { parseCount, progressPrinter } from "../cli/output.ts";
import { run } from "../host/run.ts";
import { hostFolders } from "../infra/paths.ts";
import { beginAnew, stopHealer } from "../lab/healers.ts";
import { inHost, onHost } from "../lab/machine.ts";
import { signal } from "../lab/processes.ts";
import type { Check, Run } from "./cases/case.ts";
import { figuresOf } from "./cases/case.ts";
import { machineFacts } from "./machineFacts.ts";
import { renderReport, reportOf, writeJson } from "./report.ts";
import { nowMs } from "./requestRecord.ts";
import { openClient, openRig, processOf, type Rig, type Worker } from "./rig.ts";
import { summarize } from "./statistics.ts";

const allowedRatio = 2;
const timeoutMs = 180_000;
const pollMs = 50;
const agentPort = 8081;

const program = new Command("repair")
  .description(
    "Kill a worker again and again; measure how long its healer takes to have it back, beside virsh by hand.",
  )
  .addOption(labOption())
  .option("--runs <n>", "how often, each way", parseCount, 5)
  .addHelpText("after", "\nExample:\n  node bench/repair.ts --runs 10 --lab demo")
  .action(measure);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`repair: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

async function measure(options: LabChoice & { runs: number }): Promise<void> {
  const say = progressPrinter("repair");
  const rig = await openRig(chosenLab(options));
  const machine = await machineFacts(rig);
  const startedAt = new Date();
  const runs: Run[] = [];
  const [victim] = rig.workers;
  if (victim === undefined) throw new Error("the site has no worker that could be killed");
  const ways = { healer: byHealer, hand: byHand } as const;
  for (let index = 0; index < options.runs; index++) {
    const order = index % 2 === 0 ? (["healer", "hand"] as const) : (["hand", "healer"] as const);
    for (const pair of order) {
      const awayMs = await ways[pair](rig, victim);
      runs.push({ pair, index, figures: { awayMs } });
      say(`${index + 1}/${options.runs} ${pair}: ${(awayMs / 1000).toFixed(1)} s`);
    }
  }
  runs.sort((one, other) => (one.pair === other.pair ? 0 : one.pair === "healer" ? -1 : 1));
  const report = reportOf("repair", startedAt, machine, runs, judge(runs));
  await writeJson(join(import.meta.dirname, "results", "repair.json"), report);
  process.stdout.write(renderReport(report));
  if (report.checks.some(({ met }) => !met)) process.exitCode = 1;
}

function judge(runs: readonly Run[]): Check[] {
  const ours = summarize(figuresOf(runs, "healer", "awayMs"))?.median ?? Number.NaN;
  const floor = summarize(figuresOf(runs, "hand", "awayMs"))?.median ?? Number.NaN;
  return [
    {
      about: "time",
      claim: `a healer's repair takes at most ${allowedRatio} x what virsh by hand takes`,
      met: ours <= allowedRatio * floor,
      found: `${(ours / 1000).toFixed(1)} s against ${(floor / 1000).toFixed(1)} s: ${(ours / floor).toFixed(2)} x`,
    },
  ];
}

async function byHealer(rig: Rig, victim: Worker): Promise<number> {
  const slots = rig.outputs.get(victim.host)?.slots.length ?? 0;
  await beginAnew(rig.lab, victim.host, slots, timeoutMs);
  // An engine that has just been forked still loads: a fault does not come right after a repair.
  await sleep(5_000);
  return killAndAwait(rig, victim, async () => {});
}

/** What a person would type, in one script that is ready when the machine dies. */
async function byHand(rig: Rig, victim: Worker): Promise<number> {
  await stopHealer(rig.lab, victim.host);
  const { domain } = victim;
  const disk = `${hostFolders.poolDir}/${domain}-disk.qcow2`;
  const prepare = `virsh dumpxml --inactive ${domain} >/tmp/${domain}.xml && qemu-img info --output json -U ${disk}`;
  const { stdout } = await inHost(rig.lab, victim.host, ["sh", "-c", prepare]);
  const base = (JSON.parse(stdout) as { "full-backing-filename": string })["full-backing-filename"];
  const rebuild = [
    `virsh destroy ${domain} 2>/dev/null`,
    `virsh undefine ${domain} && rm -f ${disk}`,
    `qemu-img create -q -f qcow2 -F qcow2 -b ${base} ${disk}`,
    `virsh define /tmp/${domain}.xml && virsh start ${domain}`,
  ].join("\n");
  const { argv, env } = await onHost(rig.lab, victim.host, ["sh", "-c", rebuild]);
  const awayMs = await killAndAwait(rig, victim, async () => void (await run(argv, { env })));
  return awayMs;
}

/** From the kill to the first answer of the rebuilt machine, as the client sees it. */
async function killAndAwait(rig: Rig, victim: Worker, rebuild: () => Promise<void>): Promise<number> {
  const qemu = await processOf(rig, victim);
  const client = openClient(rig);
  try {
    await client.run("true");
    const startMs = nowMs();
    await signal(qemu, "SIGKILL");
    await rebuild();
    const url = `http://${victim.address}:${agentPort}/status`;
    while (nowMs() - startMs < timeoutMs) {
      const { code } = await client.run(`curl -fsS -o /dev/null -m 0.5 ${url}`);
      if (code === 0) return nowMs() - startMs;
      await sleep(pollMs);
    }
    throw new Error(`${victim.id} did not answer again within ${timeoutMs / 1000} s`);
  } finally {
    client.close();
  }
}
