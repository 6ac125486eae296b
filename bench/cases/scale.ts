/**
 * A host gets two workers more and loses them again, while people use the service. Whatever happens to a connection or a
 * request meanwhile counts as failed: nothing has died.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes } from "../../cli/exitCodes.ts";
import { planStack } from "../../infra/plan.ts";
import { inHost, inHostAny } from "../../lab/machine.ts";
import { curlHealer } from "../curlHealer.ts";
import { askedAgainMs, defaultThinkMs, ratePerS, startMixedLoad } from "../mixedLoad.ts";
import { lossOf, quietP95Ms } from "../outage.ts";
import { addRuns, comparePosts, countRuns, watchRuns } from "../postRuns.ts";
import { previewOf } from "../previewOf.ts";
import { isKept, nowMs, type RequestRecord, succeeded } from "../requestRecord.ts";
import { awaitHealthyWorkers, openClient, openRig, type Rig, type Worker } from "../rig.ts";
import { boundedShare } from "../statistics.ts";
import { type Case, type Check, checkQuiet, type Figures, figuresOf, type Run, type Trial, totalOf } from "./case.ts";

const added = 2;
const noRoomStatus = 409;

export const scale: Case = {
  name: "scale",
  what: "a host is scaled up by two workers, asked for more than it can hold, and scaled down again",
  compared: false,
  users: 50,
  thinkMs: defaultThinkMs,
  healers: ["running"],
  warmups: 1,
  measure,
  judge,
};

async function measure({ rig, pair, index, dir, ...load }: Trial): Promise<Figures> {
  const { host, fewer } = hostOf(rig, index);
  await awaitHealthyWorkers(rig, [pair]);
  await using mixed = startMixedLoad(rig, pair, { ...load, dir });
  await mixed.settled();

  const beginMs = nowMs();
  const upMs = await scaleTo(rig, host, fewer + added);
  await sleep(askedAgainMs(load.thinkMs));
  const full = await askForTooMany(rig, host);
  const coming = await newWorkers(rig);
  await using watch = watchRuns(openClient(rig), coming);
  const downMs = await scaleTo(rig, host, fewer);
  const { runs: goneRuns, unread } = await watch.stop();
  await sleep(askedAgainMs(load.thinkMs));
  const { users, newcomers } = await mixed.stop();

  const drift = await previewOf({ lab: rig.lab, host });
  await writeFile(join(dir, "preview.txt"), drift.stdout + drift.stderr);
  const records = [...users, ...newcomers];
  const posts = records.filter(({ kind }) => kind === "post");
  const failed = records.filter((record) => !succeeded(record));
  return {
    requests: records.length,
    posts: posts.length,
    usersPerS: ratePerS(users),
    newcomersPerS: ratePerS(newcomers),
    failedOnNew: failed.filter((record) => !isKept(record)).length,
    failedOnKept: failed.filter(isKept).length,
    slow: lossOf(records).slow,
    worstOverrunMs: lossOf(records).worstOverrunMs,
    ...comparePosts(posts, addRuns([await countRuns(rig), goneRuns])),
    unread,
    newWorkers: coming.length,
    newWorkersUnused: coming.filter(({ id }) => !records.some((record) => hasAnswered(record, id))).length,
    upMs,
    downMs,
    ...full,
    drifted: drift.code === 0 ? 0 : 1,
    quietP95Ms: quietP95Ms(records, beginMs),
  };
}

/** Those hosts take turns that have the most workers: on a machine with few cores the others may have one each. */
function hostOf({ hosts, workers }: Rig, index: number): { host: string; fewer: number } {
  const counted = hosts.map((host) => ({ host, fewer: workers.filter((worker) => worker.host === host).length }));
  const most = Math.max(...counted.map(({ fewer }) => fewer));
  const turns = counted.filter(({ fewer }) => fewer === most);
  const [first] = turns;
  if (first === undefined) throw new Error("the lab has no host");
  return turns[index % turns.length] ?? first;
}

/** Resolves to how long it took, with the check for drift at its end. */
async function scaleTo(rig: Rig, host: string, workers: number): Promise<number> {
  const beginMs = nowMs();
  await inHost(rig.lab, host, ["cli/vigil", "scale", host, `${workers}`, "-o", "json"]);
  return nowMs() - beginMs;
}

/** What the command and the API say to one more worker than the pool has addresses for. */
async function askForTooMany({ lab, outputs }: Rig, host: string): Promise<Figures> {
  const applied = outputs.get(host)?.applied;
  if (applied === undefined) throw new Error(`host ${host} has no stack`);
  // One address of the pool is the balancer's.
  const workers = planStack(applied.config, applied.desired).host.pool.size;
  const { code } = await inHostAny(lab, host, ["cli/vigil", "scale", host, `${workers}`]);
  const body = JSON.stringify({ workers, by: "bench" });
  const options = `-o /dev/null -w '%{http_code}' -H 'content-type: application/json' -d '${body}'`;
  const status = await curlHealer({ lab, host }, "/v1/scale", options);
  return { fullExitCode: code, fullStatus: Number(status) };
}

async function newWorkers(rig: Rig): Promise<Worker[]> {
  const { workers } = await openRig(rig.lab);
  return workers.filter(({ id }) => !rig.workers.some((worker) => worker.id === id));
}

function hasAnswered(record: RequestRecord, id: string): boolean {
  return record.slot === id && succeeded(record);
}

function judge(runs: readonly Run[]): Check[] {
  const pair = runs[0]?.pair ?? "";
  const total = (name: string) => totalOf(runs, pair, name);
  const all = (name: string, wanted: number) => figuresOf(runs, pair, name).every((value) => value === wanted);
  const requests = total("requests");
  const failed = total("failedOnNew") + total("failedOnKept");
  const bounded = (hits: number) => boundedShare(hits, requests);
  const twice = total("ranTwice");
  const unread = total("unread");
  return [
    checkQuiet(runs),
    {
      about: "loss",
      claim: "no request fails, on a new connection or a kept one",
      met: failed === 0,
      found: `${bounded(failed)}; ${total("failedOnNew")} on new connections, ${total("failedOnKept")} on kept ones`,
    },
    {
      about: "time",
      claim: "no request takes over 1 s more than its own time",
      met: total("slow") === 0,
      found: bounded(total("slow")),
    },
    {
      about: "loss",
      claim: "no POST runs twice, by the counters of all workers, those that went included",
      met: twice === 0 && unread === 0,
      found: `${twice} of ${total("posts")}; ${unread} workers went unread`,
    },
    {
      about: "loss",
      claim: "each answered POST ran",
      met: total("answeredButNeverRan") === 0,
      found: `${total("answeredButNeverRan")} did not`,
    },
    {
      about: "loss",
      claim: "each new worker answers requests before it goes",
      met: total("newWorkers") === runs.length * added && total("newWorkersUnused") === 0,
      found: `${total("newWorkers") - total("newWorkersUnused")} of ${runs.length * added}`,
    },
    {
      about: "loss",
      claim: `more workers than the pool holds: exit code ${exitCodes.noRoom}, status ${noRoomStatus}`,
      met: all("fullExitCode", exitCodes.noRoom) && all("fullStatus", noRoomStatus),
      found: `${figuresOf(runs, pair, "fullExitCode").join(", ")} and ${figuresOf(runs, pair, "fullStatus").join(", ")}`,
    },
    { about: "loss", claim: "no drift afterwards", met: total("drifted") === 0, found: `${total("drifted")} times` },
  ];
}
