/**
 * A shell that stays open on a host or in a guest, so that a command starts there within a millisecond or two of being
 * sent: opening an ssh connection to an emulated guest takes longer than the outage that is to be measured.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { Placed } from "../lab/machine.ts";
import { nowMs } from "./requestRecord.ts";

export interface Shell {
  /** Rejects if the shell has ended or the command takes too long; the shell is of no use after that. */
  run(command: string, timeoutMs?: number): Promise<ShellResult>;
  close(): void;
}

export interface ShellResult {
  readonly code: number;
  /** What the command said, on either stream. */
  readonly output: string;
  /** The command began to run between the first of these instants and the second. */
  readonly sentMs: number;
  readonly doneMs: number;
}

/** Opens a shell with a command line that ends in an interpreter, such as `sh` or `ssh HOST sh`. */
export function openShell({ argv, env }: Placed): Shell {
  const child = spawn(argv[0] ?? "", argv.slice(1), { env, stdio: ["pipe", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout });
  const ended = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error(`${argv.join(" ")} ended: ${errors.join("").trim() || "it said nothing"}`));
    child.once("error", fail).once("close", fail);
  });
  // Nobody waits for the end of a shell that has nothing to do.
  ended.catch(() => {});

  return { run, close: () => void child.kill("SIGKILL") };

  async function run(command: string, timeoutMs = 10_000): Promise<ShellResult> {
    const marker = randomUUID();
    const timer = setTimeout(() => {
      errors.push(`\`${command}\` took over ${timeoutMs} ms`);
      child.kill("SIGKILL");
    }, timeoutMs);
    const answer = new Promise<ShellResult>((resolve) => {
      const output: string[] = [];
      lines.on("line", function collect(line: string) {
        const at = line.indexOf(marker);
        output.push(at < 0 ? `${line}\n` : line.slice(0, at));
        if (at < 0) return;
        lines.off("line", collect);
        const code = Number(line.slice(at + marker.length));
        resolve({ code, output: output.join(""), sentMs, doneMs: nowMs() });
      });
    });
    const sentMs = nowMs();
    child.stdin.write(`{ ${command}\n} </dev/null 2>&1; echo "${marker}$?"\n`);
    return Promise.race([answer, ended]).finally(() => clearTimeout(timer));
  }
}
