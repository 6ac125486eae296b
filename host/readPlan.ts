import { join } from "node:path";
import { parseConfig } from "../infra/config.ts";
import type { StackConfig } from "../infra/configSchema.ts";
import { type Desired, readDesired } from "../infra/desired.ts";
import { desiredPath } from "../infra/paths.ts";
import { planStack, type StackPlan } from "../infra/plan.ts";
import { readConfig } from "./readConfig.ts";

/**
 * The plan of a host as the program would make it now, read from the same files but without Pulumi. Rejects ConfigError
 * with everything that is wrong in them.
 */
export async function readPlan(checkout: string, host: string): Promise<StackPlan> {
  const { config, desired } = await readWishes(checkout, host);
  return planStack(config, desired);
}

/** What a host's plan is made of. Rejects ConfigError likewise. */
export async function readWishes(checkout: string, host: string): Promise<{ config: StackConfig; desired: Desired }> {
  const project = await readConfig(join(checkout, "Pulumi.yaml"));
  const stack = await readConfig(join(checkout, `Pulumi.${host}.yaml`));
  return { config: parseConfig(flatten({ ...project, ...stack }), host), desired: await readDesired(desiredPath) };
}

/** What the files say as the engine hands it to the program. */
export function flatten(config: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, entry]) => [key, flat(entry)]));
}

/** The engine hands structured values over as JSON text, and in Pulumi.yaml they stand below `value`. */
function flat(entry: unknown): string {
  const value = typeof entry === "object" && entry !== null && "value" in entry ? entry.value : entry;
  return typeof value === "string" ? value : JSON.stringify(value);
}
