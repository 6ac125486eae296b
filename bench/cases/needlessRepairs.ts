/** A machine that is busy is not broken: the healers must not repair what would only be slow. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { allWell } from "../../lab/healers.ts";
import { onWire } from "../../lab/machine.ts";
import { journalsFromNow } from "../journals.ts";
import { type Case, type Check, type Figures, type Run, type Trial, totalOf } from "./case.ts";

const minuteMs = 60_000;
const busyMs = 10 * minuteMs;
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

/** With what the healers noted meanwhile; resolves when they find all machines well again. */
export async function measureCalm(trial: Trial, stress: (trial: Trial) => Promise<Figures>): Promise<Figures> {
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

function judge(runs: readonly Run[]): Check[] {
  return [checkCalm(runs)];
}

export function checkCalm(runs: readonly Run[]): Check {
  const repairs = [...new Set(runs.map(({ pair }) => pair))].reduce(
    (sum, pair) => sum + totalOf(runs, pair, "repairs"),
    0,
  );
  return { about: "loss", claim: "nothing is repaired that is only slow", met: repairs === 0, found: `${repairs}` };
}
