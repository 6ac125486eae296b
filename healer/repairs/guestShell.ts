import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runAny } from "../../host/run.ts";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";

const connectTimeoutS = 3;

/**
 * Runs a script in a guest as root. The key and the pinned host keys are files in memory that only root can read; the
 * script goes through standard input, so that it is on no command line and cannot find itself there.
 */
export async function inGuest(
  place: RepairPlace,
  { slot, address }: RepairSlot,
  script: string,
  timeoutMs: number,
): Promise<void> {
  const { key, knownHosts } = await writeKeys(place);
  const options = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    ConnectTimeout: connectTimeoutS,
    LogLevel: "ERROR",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const argv = ["ssh", "-F", "/dev/null", "-i", key, ...flags, `root@${address}`, "sh", "-s"];
  const { code, stdout, stderr } = await runAny(argv, { timeoutMs, input: script });
  if (code === 0) return;
  const said = (stderr.trim() || stdout.trim()).split("\n").at(-1);
  throw new Error(`in ${slot}: ${said || `the command ended with ${code}, or took longer than ${timeoutMs} ms`}`);
}

/** Written anew each time: a file system in memory may have been emptied, and the files are small. */
async function writeKeys({ runDir, loginPrivateKey, slots }: RepairPlace) {
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const key = join(runDir, "login-key");
  const knownHosts = join(runDir, "known-hosts");
  await writeFile(key, loginPrivateKey.endsWith("\n") ? loginPrivateKey : `${loginPrivateKey}\n`, { mode: 0o600 });
  await writeFile(knownHosts, slots.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join(""), { mode: 0o600 });
  return { key, knownHosts };
}
