/** Whether each POST ran once: what the workers have counted, beside what the clients were told. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type RequestRecord, succeeded } from "./requestRecord.ts";
import { openClient, type Rig, type Worker } from "./rig.ts";
import type { Shell } from "./shell.ts";

/** How often each id ran. */
export type Runs = ReadonlyMap<string, number>;

const answer = z.object({ ids: z.record(z.string(), z.number()) });

/** On all workers that are there. */
export async function countRuns(rig: Rig): Promise<Runs> {
  const client = openClient(rig);
  try {
    const each: Runs[] = [];
    for (const worker of rig.workers) each.push(await runsOn(client, worker));
    return addRuns(each);
  } finally {
    client.close();
  }
}

/** Rejects if the worker does not answer. */
export async function runsOn(client: Shell, { address, port }: Worker): Promise<Runs> {
  const { output } = await client.run(
    `curl -fsS --connect-timeout 2 -m 10 http://${address}:${port}/debug/ids`,
    15_000,
  );
  return new Map(Object.entries(answer.parse(JSON.parse(output)).ids));
}

export interface RunsWatch extends AsyncDisposable {
  /** Resolves to what was counted, and to how many machines were not read after their last request. Safe to repeat. */
  stop(): Promise<{ readonly runs: Runs; readonly unread: number }>;
}

/** Seldom enough to be no request that a worker which is being drained always has. */
const lookEveryMs = 1_000;

/** Reads the counters of workers that are about to go, until they have gone: what they counted goes with them. */
export function watchRuns(client: Shell, workers: readonly Worker[]): RunsWatch {
  const seen = new Map<string, { readonly runs: Runs; readonly isLast: boolean }>();
  let isOver = false;
  const watch = async () => {
    while (!isOver) {
      for (const worker of workers) {
        // In this order: a request that came between the two is in the counters.
        const look = async () => ({ isLast: await isEmptied(client, worker), runs: await runsOn(client, worker) });
        const found = await look().catch(() => undefined);
        if (found !== undefined) seen.set(worker.id, found);
      }
      await sleep(lookEveryMs);
    }
    client.close();
  };
  const watching = watch();
  const stop = async () => {
    isOver = true;
    await watching;
    const unread = workers.filter(({ id }) => !seen.get(id)?.isLast).length;
    return { runs: addRuns([...seen.values()].map(({ runs }) => runs)), unread };
  };
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

const health = z.object({ status: z.string(), inFlight: z.number().optional() });

/** Whether a worker drains and has nothing under way any more. */
async function isEmptied(client: Shell, { address, port }: Worker): Promise<boolean> {
  const { output } = await client.run(`curl -sS --connect-timeout 2 -m 5 http://${address}:${port}/healthz`);
  const { status, inFlight } = health.parse(JSON.parse(output));
  return status === "DRAINING" && inFlight === 0;
}

export function addRuns(each: readonly Runs[]): Runs {
  const sum = new Map<string, number>();
  for (const [id, count] of each.flatMap((runs) => [...runs])) sum.set(id, (sum.get(id) ?? 0) + count);
  return sum;
}

export interface PostFigures {
  readonly ranTwice: number;
  readonly answeredButNeverRan: number;
  readonly failedButRan: number;
}

export function comparePosts(posts: readonly RequestRecord[], runs: Runs): PostFigures {
  const countOf = ({ id = "" }: RequestRecord) => runs.get(id) ?? 0;
  return {
    ranTwice: posts.filter((post) => countOf(post) > 1).length,
    answeredButNeverRan: posts.filter((post) => succeeded(post) && countOf(post) === 0).length,
    failedButRan: posts.filter((post) => !succeeded(post) && countOf(post) > 0).length,
  };
}
