import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { logEvent } from "../shared/logEvent.ts";
import type { BalancerPort } from "./upstreamPool.ts";
import type { Upstream } from "./upstreamsFile.ts";

/** nginx and the kernel of this machine. The files are on a memory file system, so writing them never waits for a disk. */
export function localBalancer(upstreamsPath: string, pidPath: string): BalancerPort {
  return { readFile: () => readIfThere(upstreamsPath), writeFile, reload, dropConnections: connectionDropper() };

  function writeFile(text: string): void {
    mkdirSync(dirname(upstreamsPath), { recursive: true });
    writeFileSync(`${upstreamsPath}.new`, text);
    renameSync(`${upstreamsPath}.new`, upstreamsPath);
  }

  /**
   * The signal that `nginx -s reload` sends, without starting a program for it. An nginx that was killed has left its pid,
   * which may be another's by now.
   */
  function reload(): boolean {
    const pid = Number(readIfThere(pidPath));
    if (!(pid > 0) || readIfThere(`/proc/${pid}/comm`)?.trim() !== "nginx") return false;
    try {
      process.kill(pid, "SIGHUP");
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * `ss -K` asks the kernel to abort the connections: nginx sees each fail at once and not after its time-out. A small
 * shell waits to start it, because a process as large as this one takes a quarter of a second to fork when emulated.
 */
function connectionDropper(): (upstream: Upstream) => void {
  let shell = startShell();

  return ({ address, port }) => {
    if (shell.exitCode !== null || shell.signalCode !== null) shell = startShell();
    shell.stdin.write(`ss -K -H -t -n dst ${address} dport = :${port}; echo end ${address}:${port}\n`);
  };
}

function startShell(): ChildProcessByStdio<Writable, Readable, null> {
  const shell = spawn("sh", [], { stdio: ["pipe", "pipe", "ignore"] });
  let connections = 0;
  createInterface({ input: shell.stdout }).on("line", (line) => {
    if (!line.startsWith("end ")) {
      connections += 1;
      return;
    }
    logEvent("dropped", { worker: line.slice("end ".length), connections });
    connections = 0;
  });
  for (const emitter of [shell, shell.stdin]) {
    emitter.on("error", (error) => logEvent("error", { error: `cannot drop connections: ${error.message}` }));
  }
  return shell;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
