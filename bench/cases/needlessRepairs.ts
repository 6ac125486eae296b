/** A machine that is busy is not broken: the healers must not repair what would only be slow. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { allWell } from "../../lab/healers.ts";
import { onWire } from "../../lab/machine.ts";
import { journalsFromNow } from "../journals.ts";
import { startLoad } from "../observe.ts";
import { lossOf } from "../outage.ts";
import { succeeded } from "../requestRecord.ts";
import { type Case, type Check, type Figures, figuresOf, type Run, type Trial } from "./case.ts";

const minuteMs = 60_000;
const busyMs = 10 * minuteMs;
const overloadMs = 5 * minuteMs;
/** Long enough to count what the site carries at most. */
const capacityMs = 20_000;
const wellTimeoutMs = 3 * minuteMs;
/** A repair that was decided on in the last moment shows until then. */
const afterwardsMs = 20_000;

export const coresBusy: Case = {
  name: "cores-busy",
  what: "every core of the machine has something else to do, for ten minutes",
  compared: false,
  users: 1,
  healers: ["running"],
  warmups: 0,
  measure: (trial) => measureCalm(trial, (one) => keepCoresBusy(one, 1)),
  judge,
};

export const coresCrowded: Case = {
  name: "cores-crowded",
  what: "every core of the machine has eight other things to do, for ten minutes: the guests starve",
  compared: false,
  users: 1,
  healers: ["running"],
  warmups: 0,
  measure: (trial) => measureCalm(trial, (one) => keepCoresBusy(one, 8)),
  judge,
};

export const overload: Case = {
  name: "overload",
  what: "twice the requests that the site carries, for five minutes",
  compared: false,
  users: 16,
  healers: ["running"],
  warmups: 0,
  measure: (trial) => measureCalm(trial, overloadSite),
  judge,
};

async function measureCalm(trial: Trial, stress: (trial: Trial) => Promise<Figures>): Promise<Figures> {
  const { lab, hosts, outputs } = trial.rig;
  const notedSince = await journalsFromNow(trial.rig);
  const figures = await stress(trial);
  await sleep(afterwardsMs);
  await Promise.all(hosts.map((host) => allWell(lab, host, outputs.get(host)?.slots.length ?? 0, wellTimeoutMs)));
  const noted = await notedSince();
  const count = (kind: string, status?: string) =>
    noted.filter((entry) => entry.kind === kind && (status === undefined || entry.status === status)).length;
  return { ...figures, repairs: count("repairBegun"), reds: count("status", "red"), doubts: count("status", "yellow") };
}

async function keepCoresBusy({ rig }: Trial, loopsPerCore: number): Promise<Figures> {
  const loop = ["timeout", `${busyMs / 1000}`, "sh", "-c", "while :; do :; done"];
  const { argv, env } = onWire(rig.lab, "client", loop);
  const loops = Array.from({ length: loopsPerCore * availableParallelism() }, () => {
    return spawn(argv[0] ?? "", argv.slice(1), { env, stdio: "ignore" });
  });
  await Promise.all(loops.map((child) => once(child, "exit")));
  return { stressMs: busyMs };
}

/** The load is open: it does not wait for answers before it asks again, as people do not. */
async function overloadSite({ rig, pair, dir, users }: Trial): Promise<Figures> {
  const url = `http://${pair.vip}`;
  await using full = startLoad(
    rig.lab,
    url,
    ["--connections", `${users}`, "--seconds", "60"],
    join(dir, "capacity.jsonl"),
  );
  await full.started;
  await sleep(capacityMs);
  const answered = (await full.stop()).filter(succeeded).length;
  const ratePerS = Math.max(1, Math.round((answered / capacityMs) * 1000));
  const twice = ["--loop", "open", "--rate", `${2 * ratePerS}`, "--connections", "200"];
  const seconds = ["--seconds", `${overloadMs / 1000}`];
  await using load = startLoad(rig.lab, url, [...twice, ...seconds], join(dir, "overload.jsonl"));
  await sleep(overloadMs);
  const records = await load.stop();
  return { stressMs: overloadMs, carriedPerS: ratePerS, requests: records.length, failed: lossOf(records).failed };
}

function judge(runs: readonly Run[]): Check[] {
  const repairs = figuresOf(runs, runs[0]?.pair ?? "", "repairs").reduce((sum, count) => sum + count, 0);
  return [{ about: "loss", claim: "nothing is repaired that is only slow", met: repairs === 0, found: `${repairs}` }];
}
