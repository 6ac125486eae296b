import { statfs } from "node:fs/promises";
import type { Emit, Log, Signal } from "./signal.ts";

export interface SpaceSettings {
  readonly poolDir: string;
  readonly stateDir: string;
  readonly intervalMs?: number;
  readonly log: Log;
}

/** Says every few seconds how much the pool's and the state's file systems can still take. */
export function watchSpace({ poolDir, stateDir, intervalMs = 5_000, log }: SpaceSettings, emit: Emit): Signal {
  let isClosed = false;
  let isAsking = false;
  let lastProblem: string | undefined;

  // A file system that hangs holds one thread of the pool and not one more with each interval.
  async function look(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    try {
      const [poolFreeBytes, stateFreeBytes] = [await freeBytesOf(poolDir), await freeBytesOf(stateDir)];
      lastProblem = undefined;
      if (!isClosed) emit({ kind: "space", poolFreeBytes, stateFreeBytes });
    } catch (error) {
      const problem = String(error);
      if (problem !== lastProblem) log.warn({ problem }, "cannot tell how much space is left");
      lastProblem = problem;
    } finally {
      isAsking = false;
    }
  }

  void look();
  const timer = setInterval(look, intervalMs);
  return {
    async close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

/** What is left for processes without privileges: the reserve of root is no space to plan with. */
async function freeBytesOf(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}
