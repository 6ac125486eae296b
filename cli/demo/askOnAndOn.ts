import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Lab } from "../../lab/lab.ts";
import { onWire } from "../../lab/machine.ts";

/** One request of the loop. */
export interface Asked {
  /** When its end was seen, on the clock of `performance.now()`. */
  readonly endMs: number;
  readonly ok: boolean;
  readonly tookMs: number;
  /** Why there was no good answer, in curl's words. */
  readonly problem?: string;
}

export interface Asking {
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

const intervalS = 0.5;
const connectTimeoutS = 1;
const totalTimeoutS = 2;

/**
 * Asks the service as a person with a terminal would: curl, a new connection every half second, one second to connect and
 * two in all. It is the loop that the by-hand cluster was judged by, so what it loses stands beside what that one lost.
 */
export function askOnAndOn(lab: Lab, url: string, onLost: (sentence: string) => void): Asking {
  const curl = `curl -s -o /dev/null -w '%{http_code} %{time_total} %{errormsg}\\n' --connect-timeout ${connectTimeoutS} --max-time ${totalTimeoutS} ${url}`;
  const { argv, env } = onWire(lab, "client", ["sh", "-c", `while :; do ${curl}; sleep ${intervalS}; done`]);
  const child = spawn(argv[0] ?? "", argv.slice(1), { env, stdio: ["ignore", "pipe", "inherit"], detached: true });
  const asked: Asked[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [status, seconds, ...problem] = line.split(" ");
    const one = { endMs: performance.now(), tookMs: Number(seconds) * 1000 };
    if (status === "200") {
      asked.push({ ...one, ok: true });
      return;
    }
    const why = problem.join(" ") || `status ${status}`;
    asked.push({ ...one, ok: false, problem: why });
    onLost(`a request was lost: ${why}`);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    asked,
    async stop() {
      // The loop and the curl that it waits for are one process group.
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}
