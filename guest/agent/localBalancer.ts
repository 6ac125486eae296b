import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { logEvent } from "../shared/logEvent.ts";
import type { BalancerPort } from "./upstreamPool.ts";
import type { Upstream } from "./upstreamsFile.ts";

/** nginx and the kernel of this machine. The files are on a memory file system, so writing them never waits for a disk. */
export function localBalancer(upstreamsPath: string, pidPath: string): BalancerPort {
  return { readFile: () => readIfThere(upstreamsPath), writeFile, reload, dropConnections };

  function writeFile(text: string): void {
    mkdirSync(dirname(upstreamsPath), { recursive: true });
    writeFileSync(`${upstreamsPath}.new`, text);
    renameSync(`${upstreamsPath}.new`, upstreamsPath);
  }

  /** The signal that `nginx -s reload` sends, without starting a program for it. */
  function reload(): boolean {
    const pid = Number(readIfThere(pidPath));
    if (!(pid > 0)) return false;
    try {
      process.kill(pid, "SIGHUP");
      return true;
    } catch {
      return false;
    }
  }
}

/** `ss -K` asks the kernel to abort the connections: nginx sees each fail at once and not after its time-out. */
function dropConnections({ address, port }: Upstream): void {
  const filter = ["dst", address, "dport", "=", `:${port}`];
  execFile("ss", ["-K", "-H", "-t", "-n", ...filter], { timeout: 2000 }, (error, stdout) => {
    const dropped = stdout.split("\n").filter((line) => line !== "").length;
    logEvent("dropped", { worker: `${address}:${port}`, connections: dropped, ...(error && { error: error.message }) });
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
