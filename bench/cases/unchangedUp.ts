/**
 * How long `pulumi up` takes of a stack in which nothing has changed, as a person types it, in turn with the least that
 * Pulumi can do with libvirt: a program of one storage pool.
 */
import { join } from "node:path";
import { checkoutDir } from "../../host/hostEnvironment.ts";
import { stateDir } from "../../infra/paths.ts";
import { inHost } from "../../lab/machine.ts";
import { ratioToMinimal } from "../promises/promise.ts";
import { nowMs } from "../requestRecord.ts";
import type { Rig } from "../rig.ts";
import { summarize } from "../statistics.ts";
import { type Case, type Check, type Figures, figuresOf, type Run, type Trial } from "./case.ts";

const program = join(checkoutDir, "bench/baseline/minimalProgram");
const folder = join(stateDir, "minimal");
/** A backend of its own: the product's stacks are not to be seen there, nor the other way round. */
const minimalEnv = { PULUMI_BACKEND_URL: `file://${folder}/state` };

export const unchangedUp: Case = {
  name: "unchanged-up",
  what: "`pulumi up` of a host's unchanged stack, and of a program with one storage pool",
  compared: false,
  methods: ["vigil", "minimal"],
  users: 0,
  // A check for drift would hold the stack.
  healers: ["none"],
  warmups: 1,
  measure,
  judge,
};

async function measure({ rig, method }: Trial): Promise<Figures> {
  const [host = ""] = rig.hosts;
  if (method === "vigil") return { upMs: await timeUp(rig, host, ["--stack", host], {}) };
  const minimal = ["--stack", "minimal", "--cwd", program];
  await clear(rig, host);
  await inHost(rig.lab, host, ["mkdir", "-p", `${folder}/state`]);
  try {
    const env = minimalEnv;
    const pulumi = (...args: string[]) => inHost(rig.lab, host, ["pulumi", ...args, ...minimal], { env });
    await pulumi("stack", "init", "--non-interactive");
    await pulumi("config", "set", "libvirt:uri", "qemu:///system");
    await pulumi("up", "--yes", "--non-interactive");
    return { upMs: await timeUp(rig, host, minimal, env) };
  } finally {
    await clear(rig, host);
  }
}

/** Rejects if anything is changed: then it is not what is to be measured. */
async function timeUp(
  { lab }: Rig,
  host: string,
  place: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const beginMs = nowMs();
  await inHost(lab, host, ["pulumi", "up", "--yes", "--non-interactive", "--expect-no-changes", ...place], { env });
  return nowMs() - beginMs;
}

/** Removes the pool and its stack, also those that an interrupted run has left. */
async function clear({ lab }: Rig, host: string): Promise<void> {
  const removal = [
    "virsh pool-destroy minimal",
    "virsh pool-undefine minimal",
    `rm -rf ${folder} ${program}/Pulumi.minimal.yaml`,
  ];
  await inHost(lab, host, ["sh", "-c", `{ ${removal.join("; ")}; } 2>/dev/null`]);
}

function judge(runs: readonly Run[]): Check[] {
  const ours = summarize(figuresOf(runs, "vigil", "upMs"))?.median;
  const theirs = summarize(figuresOf(runs, "minimal", "upMs"))?.median;
  if (ours === undefined || theirs === undefined) return [];
  const ratio = ours / theirs;
  return [
    {
      about: "time",
      claim: `an unchanged update takes at most ${ratioToMinimal} x that of a program with one storage pool`,
      met: ratio <= ratioToMinimal,
      found: `${(ours / 1000).toFixed(2)} s against ${(theirs / 1000).toFixed(2)} s: ${ratio.toFixed(2)} x`,
    },
  ];
}
