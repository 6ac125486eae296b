/** Running commands on the machines of a lab, in the places where they would run on real ones. */
import { checkoutDir, defaultCacheDir, hostEnvironment } from "../host/hostEnvironment.ts";
import { CommandError, type Finished, type RunOptions, runAny } from "../host/run.ts";
import { type Lab, memberVariable, namespaceOf } from "./lab.ts";
import { runningInit } from "./virtualHost.ts";

/** Longer than any command here takes: one that hangs must not hold up a test or a measurement for ever. */
const longestMs = 20 * 60_000;

/** A command line that runs on a machine, and the environment that it needs. It is the same process from start to end. */
export interface Placed {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Places a command on a host: in its network, mounts and hostname, with /opt/vigil as its folder and the environment of
 * `vigil env`. Rejects ERR_LAB_NOT_UP if the host is off.
 */
export async function onHost(lab: Lab, host: string, argv: readonly string[]): Promise<Placed> {
  const { pid } = await runningInit(lab, host);
  const enter = ["nsenter", `--target=${pid}`, "--net", "--mount", "--uts", "env", `--chdir=${checkoutDir}`];
  return {
    argv: [...enter, ...argv],
    env: { ...process.env, ...hostEnvironment(defaultCacheDir), HOME: "/root", [memberVariable]: lab.name },
  };
}

/** Places a command on the client or the witness: only the network is theirs. */
export function onWire(lab: Lab, machine: string, argv: readonly string[]): Placed {
  return {
    argv: ["nsenter", `--net=/run/netns/${namespaceOf(lab, machine)}`, ...argv],
    env: { ...process.env, [memberVariable]: lab.name },
  };
}

/** Runs a command on a host to its end, and resolves to what it printed. Rejects CommandError if it does not exit with 0. */
export async function inHost(lab: Lab, host: string, argv: readonly string[], options?: RunOptions): Promise<string> {
  const finished = await inHostAny(lab, host, argv, { timeoutMs: longestMs, ...options });
  if (finished.code !== 0) throw new CommandError(argv, finished, host);
  return finished.stdout;
}

/** Runs a command on a host to its end, whatever its exit code. */
export async function inHostAny(
  lab: Lab,
  host: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const placed = await onHost(lab, host, argv);
  return runAny(placed.argv, { ...options, env: { ...placed.env, ...options.env } });
}

/** Runs a command on the lab's client to its end, whatever its exit code. */
export function inClient(lab: Lab, argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const placed = onWire(lab, "client", argv);
  return runAny(placed.argv, { ...options, env: { ...placed.env, ...options.env } });
}

/**
 * Makes a host see the checkout as it is now. An overlay remembers what it has looked up, so a file that an editor has
 * replaced would stay the old one for ever; remounting drops what it remembers.
 */
export async function refreshCheckout(lab: Lab, host: string): Promise<void> {
  await inHostAny(lab, host, ["mount", "-o", "remount", checkoutDir]);
}
