import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { run } from "../host/run.ts";
import type { StackConfig } from "../infra/config.ts";
import type { StackPlan } from "../infra/plan.ts";
import { parseOutputs, type StackOutputs } from "../stacks/outputs.ts";
import type { PlannedSite } from "./core/otherHost.ts";
import type { PlannedSlot } from "./core/state.ts";
import { stackPaths } from "./repairs/engine/backend.ts";
import { readStackState } from "./repairs/engine/stackState.ts";
import { writeProject, writeStackFile } from "./repairs/engine/workDir.ts";

export interface DeploymentSettings {
  readonly stack: string;
  readonly backendDir: string;
  /** A folder of the healer's own: the stack's files in the checkout may be wrong without harm to what is deployed. */
  readonly workDir: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * What the last full update deployed, as the stack's outputs say. Rejects if nothing is deployed, or if the outputs are of
 * another release.
 */
export async function readDeployment({ stack, backendDir, workDir, env }: DeploymentSettings): Promise<StackOutputs> {
  const state = await readStackState(stackPaths(backendDir, stack).state);
  await writeProject(workDir);
  await writeStackFile(workDir, stack, state);
  const argv = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", stack, "--cwd", workDir];
  const printed = await run(argv, { env, timeoutMs: 60_000 });
  return parseOutputs(JSON.parse(printed));
}

/** Changes whenever somebody, the healer too, has written the stack's state. */
export async function deploymentStamp({ stack, backendDir }: DeploymentSettings): Promise<string> {
  const { mtimeMs, ino, size } = await stat(stackPaths(backendDir, stack).state);
  return `${ino} ${size} ${mtimeMs}`;
}

/** The slots as the core has to know them. */
export function plannedSlots({ slots, managedFiles }: StackOutputs, plan: StackPlan): PlannedSlot[] {
  return slots.map(({ slot, role }) => {
    const standsInFor = plan.slots.find((planned) => planned.slot === slot)?.standsInFor;
    const known = { slot, role, plannedFiles: digestOf(managedFiles[slot] ?? {}) };
    return standsInFor === undefined ? known : { ...known, standsInFor };
  });
}

/** The other hosts, as the core has to know them, and the balancers of all. */
export function plannedSite({ host, site }: StackConfig, { slots, peers }: StackPlan): PlannedSite {
  const others = Object.entries(site.hosts).filter(([name]) => name !== host);
  const balancers = [...slots.filter(({ role }) => role === "balancer"), ...peers];
  return {
    host,
    others: Object.fromEntries(others.map(([name, { workers }]) => [name, workers])),
    hasWitness: site.witness !== undefined,
    balancers: Object.fromEntries(balancers.map(({ id, mac }) => [mac, id])),
  };
}

/** The sha256 over all managed files, as a guest's agent forms it: of the text that `sha256sum` prints for the sorted paths. */
function digestOf(files: Readonly<Record<string, string>>): string {
  const lines = Object.keys(files)
    .sort()
    .map((path) => `${files[path]}  ${path}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}
