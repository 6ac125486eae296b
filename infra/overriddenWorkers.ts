import type { StackConfig } from "./configSchema.ts";
import type { Desired } from "./desired.ts";

/**
 * That the number of workers is not the one that the stack's file asks for, in one sentence: since `vigil scale` the
 * desired state has it, and whoever edits the file next would wonder. Undefined if both say the same.
 */
export function overriddenWorkers(
  { host, workers }: Pick<StackConfig, "host" | "workers">,
  desired: Pick<Desired, "workers">,
): string | undefined {
  if (desired.workers === undefined || desired.workers === workers) return undefined;
  const file = `vigil:workers of Pulumi.${host}.yaml`;
  return `${host} has ${desired.workers} workers by \`vigil scale\`, whatever ${file} says (${workers}): \`vigil scale ${host} N\` changes it`;
}
