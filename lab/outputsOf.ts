import { CommandError } from "../host/run.ts";
import { parseOutputs, type StackOutputs } from "../stacks/outputs.ts";
import type { Lab } from "./lab.ts";
import { inHostAny } from "./machine.ts";

/** What a host's stack has deployed. Rejects if nothing is. */
export async function outputsOf(lab: Lab, host: string): Promise<StackOutputs> {
  const argv = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", host];
  const finished = await inHostAny(lab, host, argv, { timeoutMs: 60_000 });
  // What is printed holds a private key: only what went wrong may be shown.
  if (finished.code !== 0) throw new CommandError(argv, { ...finished, stdout: "" });
  return parseOutputs(JSON.parse(finished.stdout));
}
