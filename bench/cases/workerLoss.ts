/** A worker dies while requests of known duration are under way on it. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signal } from "../../lab/processes.ts";
import { bringBack } from "../healers.ts";
import { startLoad } from "../observe.ts";
import { lossOf, quietP95Ms, splitByFault } from "../outage.ts";
import { nowMs, overrunMs, succeeded } from "../requestRecord.ts";
import { awaitHealthyWorkers, processOf } from "../rig.ts";
import { boundedShare } from "../statistics.ts";
import { type Case, type Check, checkQuiet, type Figures, figuresOf, type Run, type Trial, totalOf } from "./case.ts";

const watchMs = 4_000;
/** A request that took this much longer than its own time has been on the victim and was repeated elsewhere. */
const touchedOverrunMs = 200;

export const workerVm: Case = {
  name: "worker-vm",
  what: "a worker's QEMU is killed under busy connections",
  compared: false,
  users: 50,
  healers: ["none", "running"],
  warmups: 2,
  measure,
  judge,
};

async function measure({ rig, pair, index, dir, users, healers }: Trial): Promise<Figures> {
  const victim = rig.workers[index % rig.workers.length];
  if (victim === undefined) throw new Error("the site has no worker that could be killed");
  await awaitHealthyWorkers(rig, [pair]);
  const qemu = await processOf(rig, victim);
  const options = ["--kind", "sleep", "--connections", `${users}`, "--seconds", "120"];
  await using load = startLoad(rig.lab, `http://${pair.vip}`, options, join(dir, "users.jsonl"));
  await load.settled();

  const faultMs = nowMs();
  await signal(qemu, "SIGKILL");
  await sleep(watchMs);
  const records = await load.stop();
  const { inFlight, after } = splitByFault(records, faultMs);
  await bringBack(rig, healers, victim);
  await awaitHealthyWorkers(rig, [pair]);

  const hit = inFlight.filter((record) => !succeeded(record) || overrunMs(record) > touchedOverrunMs);
  const [lossInFlight, lossAfter] = [lossOf(inFlight), lossOf(after)];
  return {
    requests: inFlight.length + after.length,
    hit: hit.length,
    failedInFlight: lossInFlight.failed,
    failedAfter: lossAfter.failed,
    slow: lossInFlight.slow + lossAfter.slow,
    worstOverrunMs: Math.max(lossInFlight.worstOverrunMs, lossAfter.worstOverrunMs),
    quietP95Ms: quietP95Ms(records, faultMs),
  };
}

function judge(runs: readonly Run[]): Check[] {
  const pair = runs[0]?.pair ?? "";
  const requests = totalOf(runs, pair, "requests");
  const failedAfter = totalOf(runs, pair, "failedAfter");
  const failedInFlight = totalOf(runs, pair, "failedInFlight");
  const slow = totalOf(runs, pair, "slow");
  const idle = figuresOf(runs, pair, "hit").filter((hit) => hit === 0).length;
  const kills = figuresOf(runs, pair, "hit").length;
  const bounded = (hits: number) => boundedShare(hits, requests);
  return [
    checkQuiet(runs),
    {
      about: "time",
      claim: "every kill met a request on its victim",
      met: idle === 0,
      found: `${idle} of ${kills} met none`,
    },
    {
      about: "loss",
      claim: "no request fails that began after the kill",
      met: failedAfter === 0,
      found: bounded(failedAfter),
    },
    {
      about: "loss",
      claim: "no request fails that was under way",
      met: failedInFlight === 0,
      found: bounded(failedInFlight),
    },
    { about: "time", claim: "no request takes over 1 s more than its own time", met: slow === 0, found: bounded(slow) },
  ];
}
