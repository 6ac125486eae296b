/** One request is slow. It must succeed, and nobody else may notice. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startLoad } from "../observe.ts";
import { lossOf, p95OverrunMs, quietP95Ms } from "../outage.ts";
import { overrunMs, succeeded } from "../requestRecord.ts";
import { awaitHealthyWorkers } from "../rig.ts";
import { type Case, type Check, checkQuiet, type Figures, type Run, type Trial, totalOf } from "./case.ts";

const slowRequestMs = 3_000;

export const slowGet: Case = {
  name: "slow-get",
  what: "one GET takes 3 s while others go on",
  compared: false,
  users: 50,
  healers: ["none", "running"],
  warmups: 2,
  measure,
  judge,
};

async function measure({ rig, pair, dir, users }: Trial): Promise<Figures> {
  await awaitHealthyWorkers(rig, [pair]);
  const url = `http://${pair.vip}`;
  const options = ["--kind", "sleep", "--connections", `${users}`, "--seconds", "120"];
  await using load = startLoad(rig.lab, url, options, join(dir, "users.jsonl"));
  await load.settled();
  await sleep(slowRequestMs);
  const one = ["--kind", "sleep", "--sleep-ms", `${slowRequestMs}`, "--connections", "1", "--max-requests", "1"];
  await using slow = startLoad(
    rig.lab,
    url,
    [...one, "--deadline-ms", "20000", "--seconds", "30"],
    join(dir, "slow.jsonl"),
  );
  await slow.started;
  const [record] = await slow.stop();
  await sleep(slowRequestMs);
  const others = await load.stop();
  if (record === undefined) throw new Error("the slow request left no record");

  const during = others.filter(({ startMs, endMs }) => endMs >= record.startMs && startMs <= record.endMs);
  return {
    slowFailed: succeeded(record) ? 0 : 1,
    slowOverrunMs: overrunMs(record),
    othersFailed: lossOf(others).failed,
    othersSlow: lossOf(others).slow,
    othersP95Ms: p95OverrunMs(during),
    quietP95Ms: quietP95Ms(others, record.startMs),
  };
}

function judge(runs: readonly Run[]): Check[] {
  const total = (name: string) => totalOf(runs, runs[0]?.pair ?? "", name);
  const noticed = total("othersFailed") + total("othersSlow");
  return [
    checkQuiet(runs),
    {
      about: "loss",
      claim: "the slow GET succeeds",
      met: total("slowFailed") === 0,
      found: `${total("slowFailed")} failed`,
    },
    { about: "time", claim: "nobody else fails or waits 1 s more", met: noticed === 0, found: `${noticed} did` },
  ];
}
