/**
 * A worker hangs for a while with POSTs in its hands. A balancer that repeats one of them elsewhere makes it run twice,
 * because the hung worker runs it too once it goes on: a killed worker would take its counters with it and hide that.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signal } from "../../lab/processes.ts";
import { startLoad } from "../observe.ts";
import { lossOf, quietP95Ms } from "../outage.ts";
import { comparePosts, countRuns } from "../postRuns.ts";
import { nowMs } from "../requestRecord.ts";
import { awaitHealthyWorkers, processOf } from "../rig.ts";
import { type Case, type Check, checkQuiet, type Figures, type Run, type Trial, totalOf } from "./case.ts";

const hungMs = 2_000;
const watchMs = 3_000;

export const postOnce: Case = {
  name: "post-once",
  what: "a worker's QEMU is stopped for 2 s under POSTs",
  compared: false,
  users: 50,
  healers: ["none", "running"],
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
    ...comparePosts(posts, await countRuns(rig)),
    quietP95Ms: quietP95Ms(posts, faultMs),
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
