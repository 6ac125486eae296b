/**
 * More is asked than the site carries. Nothing is broken, so nothing may be repaired; and what the site does carry, somebody
 * should get. It does so where the workers are given only as much at once as they answer in time.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readyHealers } from "../healers.ts";
import { startLoad } from "../observe.ts";
import { missedShareAtMost } from "../promises/promise.ts";
import { nowMs, overrunMs, succeeded } from "../requestRecord.ts";
import type { Rig } from "../rig.ts";
import { stateRequestsAtOnce } from "../siteFacts.ts";
import { type Case, type Check, type Figures, type Run, type Trial, totalOf } from "./case.ts";
import { checkCalm, measureCalm } from "./needlessRepairs.ts";

const overloadMs = 5 * 60_000;
/** Long enough to count what the site carries at most, once its programs have been translated and its pages read. */
const warmUpMs = 40_000;
const capacityMs = 20_000;
/** For so long people wait, by the failure budget's own measure of what is slow. */
const patienceMs = 1_000;

export const overload: Case = {
  name: "overload",
  what: "twice the requests that the site carries, for five minutes: with a limit for each worker, and without",
  compared: false,
  methods: ["vigil", "unlimited"],
  users: 32,
  healers: ["running"],
  warmups: 0,
  measure,
  judge,
};

async function measure(trial: Trial): Promise<Figures> {
  const { rig, method, healers } = trial;
  const carriedPerS = await sameForBoth(trial);
  if (method === "unlimited") return await measureCalm(trial, () => ask(trial, carriedPerS));
  // As many as a worker answers while people wait.
  const requestsAtOnce = Math.max(1, Math.round((carriedPerS / rig.workers.length) * (patienceMs / 1000)));
  await readyHealers(rig, "none");
  const takeBack = await stateRequestsAtOnce(rig, requestsAtOnce);
  try {
    await readyHealers(rig, healers);
    return { requestsAtOnce, ...(await measureCalm(trial, () => ask(trial, carriedPerS))) };
  } finally {
    await readyHealers(rig, "none").finally(takeBack);
  }
}

/** What the site carried in the turn that went first: both ask the same of it. */
const carried = new WeakMap<Rig, { readonly index: number; readonly perS: number }>();

async function sameForBoth(trial: Trial): Promise<number> {
  const known = carried.get(trial.rig);
  if (known?.index === trial.index) return known.perS;
  const perS = await capacityOf(trial);
  carried.set(trial.rig, { index: trial.index, perS });
  return perS;
}

/** The answers per second to so many who ask again as soon as they are answered. */
async function capacityOf({ rig, pair, dir, users }: Trial): Promise<number> {
  const asking = ["--connections", `${users}`, "--seconds", `${(2 * (warmUpMs + capacityMs)) / 1000}`];
  await using full = startLoad(rig.lab, `http://${pair.vip}`, asking, join(dir, "capacity.jsonl"));
  await full.started;
  await sleep(warmUpMs);
  const fromMs = nowMs();
  await sleep(capacityMs);
  const untilMs = nowMs();
  const records = await full.stop();
  const answered = records.filter((one) => succeeded(one) && one.endMs >= fromMs && one.endMs < untilMs).length;
  return Math.max(1, Math.round((answered / (untilMs - fromMs)) * 1000));
}

/** The load is open: it does not wait for answers before it asks again, as people do not. */
async function ask({ rig, pair, dir }: Trial, carriedPerS: number): Promise<Figures> {
  const twice = ["--loop", "open", "--rate", `${2 * carriedPerS}`, "--connections", "200"];
  const seconds = ["--seconds", `${overloadMs / 1000}`];
  await using load = startLoad(rig.lab, `http://${pair.vip}`, [...twice, ...seconds], join(dir, "overload.jsonl"));
  await sleep(overloadMs);
  const records = await load.stop();
  const carriedInAll = Math.round(records.length / 2);
  const inTime = records.filter((record) => succeeded(record) && overrunMs(record) <= patienceMs).length;
  return {
    stressMs: overloadMs,
    carriedPerS,
    requests: records.length,
    carried: carriedInAll,
    inTime,
    missed: Math.max(0, carriedInAll - inTime),
    askedPerAnswer: records.length / Math.max(1, inTime),
    late: records.filter(succeeded).length - inTime,
    refused: records.filter(({ status }) => status === 503).length,
  };
}

function judge(runs: readonly Run[]): Check[] {
  const missed = totalOf(runs, "vigil", "missed");
  const carried = totalOf(runs, "vigil", "carried");
  return [
    checkCalm(runs),
    {
      about: "time",
      claim: `all but ${missedShareAtMost * 100} % of what the site carries is answered within a second`,
      met: missed <= missedShareAtMost * carried,
      found: `${missed} of ${carried} were not`,
    },
  ];
}
