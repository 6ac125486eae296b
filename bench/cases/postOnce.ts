/**
 * A worker hangs for a while with POSTs in its hands. A balancer that repeats one of them elsewhere makes it run twice,
 * because the hung worker runs it too once it goes on: a killed worker would take its counters with it and hide that.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { signal } from "../../lab/processes.ts";
import { startLoad } from "../observe.ts";
import { lossOf, quietP95Ms } from "../outage.ts";
import { nowMs, type RequestRecord, succeeded } from "../requestRecord.ts";
import { awaitHealthyWorkers, openClient, processOf, type Rig } from "../rig.ts";
import { type Case, type Check, checkQuiet, type Figures, type Run, type Trial, totalOf } from "./case.ts";

const hungMs = 2_000;
const watchMs = 3_000;

export const postOnce: Case = {
  name: "post-once",
  what: "a worker's QEMU is stopped for 2 s under POSTs",
  compared: false,
  users: 50,
  warmups: 2,
  measure,
  judge,
};

async function measure({ rig, pair, index, dir, users }: Trial): Promise<Figures> {
  const victim = rig.workers[index % rig.workers.length];
  if (victim === undefined) throw new Error("the site has no worker that could be stopped");
  await awaitHealthyWorkers(rig, [pair]);
  const qemu = await processOf(rig, victim);
  const options = ["--kind", "post", "--connections", `${users}`, "--seconds", "120"];
  await using load = startLoad(rig.lab, `http://${pair.vip}`, options, join(dir, "posts.jsonl"));
  await load.settled();
  const faultMs = nowMs();
  try {
    await signal(qemu, "SIGSTOP");
    await sleep(hungMs);
  } finally {
    await signal(qemu, "SIGCONT");
  }
  await sleep(watchMs);
  const posts = await load.stop();
  await awaitHealthyWorkers(rig, [pair]);
  return {
    posts: posts.length,
    failed: lossOf(posts).failed,
    ...compare(posts, await countRuns(rig)),
    quietP95Ms: quietP95Ms(posts, faultMs),
  };
}

const answer = z.object({ ids: z.record(z.string(), z.number()) });

/** How often each id ran, on all workers together. */
async function countRuns(rig: Rig): Promise<Map<string, number>> {
  const runs = new Map<string, number>();
  const client = openClient(rig);
  try {
    for (const { address, port } of rig.workers) {
      const { output } = await client.run(`curl -fsS -m 10 http://${address}:${port}/debug/ids`, 15_000);
      for (const [id, count] of Object.entries(answer.parse(JSON.parse(output)).ids)) {
        runs.set(id, (runs.get(id) ?? 0) + count);
      }
    }
  } finally {
    client.close();
  }
  return runs;
}

function compare(posts: readonly RequestRecord[], runs: ReadonlyMap<string, number>): Figures {
  const countOf = ({ id = "" }: RequestRecord) => runs.get(id) ?? 0;
  return {
    ranTwice: posts.filter((post) => countOf(post) > 1).length,
    answeredButNeverRan: posts.filter((post) => succeeded(post) && countOf(post) === 0).length,
    failedButRan: posts.filter((post) => !succeeded(post) && countOf(post) > 0).length,
  };
}

function judge(runs: readonly Run[]): Check[] {
  const total = (name: string) => totalOf(runs, runs[0]?.pair ?? "", name);
  const found = (name: string) => `${total(name)} of ${total("posts")}`;
  return [
    checkQuiet(runs),
    { about: "loss", claim: "no POST runs twice", met: total("ranTwice") === 0, found: found("ranTwice") },
    {
      about: "loss",
      claim: "each answered POST ran",
      met: total("answeredButNeverRan") === 0,
      found: found("answeredButNeverRan"),
    },
  ];
}
