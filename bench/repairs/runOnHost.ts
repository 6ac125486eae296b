import { CommandError } from "../../host/run.ts";
import { inHost } from "../../lab/machine.ts";
import type { Rig } from "../rig.ts";

const timeoutMs = 240_000;

/** Runs a command on a host and resolves to what it printed. Rejects, with what it said, unless it exits with 0. */
export async function runOnHost(
  { lab }: Rig,
  host: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const finished = await inHost(lab, host, argv, { env, timeoutMs });
  if (finished.code !== 0) throw new CommandError(argv, finished);
  return finished.stdout;
}
