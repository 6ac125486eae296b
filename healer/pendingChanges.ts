import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readPlan } from "../host/readPlan.ts";
import { planStack, type StackPlan } from "../infra/plan.ts";
import { programDigest } from "../infra/programDigest.ts";
import type { StackOutputs } from "../stacks/outputs.ts";

const checkout = join(import.meta.dirname, "..");

/** What the files of this checkout say and nobody has deployed, one sentence each: neither drift nor a fault. */
export async function pendingChanges({ applied }: Pick<StackOutputs, "applied">): Promise<string[]> {
  const deployed = planStack(applied.config, applied.desired);
  const stack = deployed.host.name;
  const stale = staleRelease(applied.programDigest);
  const planned = await readPlan(checkout, stack).catch(() => undefined);
  const changed = planned === undefined ? unreadable(stack) : difference(stack, deployed, planned);
  return [stale, changed].filter((sentence) => sentence !== undefined);
}

/** Nothing is replaced by a program that is not the deployed one. Undefined if this is the deployed one. */
export function staleRelease(deployedDigest: string): string | undefined {
  const here = programDigest();
  if (deployedDigest === here) return undefined;
  const [deployed, found] = [deployedDigest, here].map((digest) => digest.slice(0, 12));
  return `release ${deployed} is deployed, and this is release ${found}: no machine can be replaced until \`pulumi up\` is run.`;
}

function unreadable(stack: string): string {
  return `the files of stack ${stack} are wrong, so nothing can be deployed: \`vigil plan ${stack}\` says what to correct.`;
}

function difference(stack: string, deployed: StackPlan, planned: StackPlan): string | undefined {
  if (isDeepStrictEqual(deployed, planned)) return undefined;
  const before = new Map(deployed.slots.map((slot) => [slot.slot, slot]));
  const after = new Map(planned.slots.map((slot) => [slot.slot, slot]));
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changed = names.filter((name) => !isDeepStrictEqual(before.get(name), after.get(name)));
  const what = changed.length === 0 ? "the site or the host" : changed.join(", ");
  return `the files say something else of ${what} than what is deployed: \`pulumi up --stack ${stack}\` would change it.`;
}
