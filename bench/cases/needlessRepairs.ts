/** A machine that is busy is not broken: the healers must not repair what would only be slow. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, type FaultName, faults, lossyOneOf, tightMib } from "../../lab/faults.ts";
import { allWell } from "../../lab/healers.ts";
import { LabError } from "../../lab/labError.ts";
import { onWire } from "../../lab/machine.ts";
import { hostNamed } from "../../lab/owner.ts";
import { journalsFromNow } from "../journals.ts";
import { silencesFromNow } from "../silences.ts";
import { type Case, type Check, type Figures, type Run, type Trial, totalOf } from "./case.ts";

const minuteMs = 60_000;
const busyMs = 10 * minuteMs;
const wellTimeoutMs = 3 * minuteMs;
/** A repair that was decided on in the last moment shows until then. */
const afterwardsMs = 20_000;
/** Of a disk whose controller resets; longer than a silent machine stays green. */
const stallMs = 2_000;
const stallEveryMs = 20_000;

const underHealers = { compared: false, users: 1, healers: ["running"], warmups: 0 } as const;

export const coresBusy: Case = {
  ...underHealers,
  name: "cores-busy",
  what: "every core of the machine has something else to do, for ten minutes",
  measure: (trial) => measureCalm(trial, (one) => keepCoresBusy(one, 1)),
  judge,
};

export const coresCrowded: Case = {
  ...underHealers,
  name: "cores-crowded",
  what: "every core of the machine has eight other things to do, for ten minutes: the guests starve",
  measure: (trial) => measureCalm(trial, (one) => keepCoresBusy(one, 8)),
  judge,
};

export const framesLost: Case = {
  ...underHealers,
  name: "frames-lost",
  what: `every host's bridge loses one frame of ${lossyOneOf}, for ten minutes`,
  measure: (trial) => measureCalm(trial, (one) => whileBroken(one, "lossy-bridge", allHosts(one), busyMs)),
  judge,
};

export const memoryTight: Case = {
  ...underHealers,
  name: "memory-tight",
  what: `every worker has ${tightMib} MiB of memory left for what it reads from its disk, for ten minutes`,
  measure: (trial) => measureCalm(trial, (one) => whileBroken(one, "tight-guest", one.rig.workers, busyMs)),
  judge,
};

export const diskStalls: Case = {
  ...underHealers,
  name: "disk-stalls",
  what: "nothing can be written to any host's pool for two seconds of each twenty, for ten minutes",
  measure: (trial) => measureCalm(trial, stallDisks),
  judge,
};

/** With what the healers noted meanwhile; resolves when they find all machines well again. */
export async function measureCalm(trial: Trial, stress: (trial: Trial) => Promise<Figures>): Promise<Figures> {
  const { lab, hosts, outputs } = trial.rig;
  const notedSince = await journalsFromNow(trial.rig);
  const silencesSince = await silencesFromNow(trial.rig);
  const figures = await stress(trial);
  await sleep(afterwardsMs);
  await Promise.all(hosts.map((host) => allWell(lab, host, outputs.get(host)?.slots.length ?? 0, wellTimeoutMs)));
  const noted = await notedSince();
  const count = (kind: string, status?: string) =>
    noted.filter((entry) => entry.kind === kind && (status === undefined || entry.status === status)).length;
  const silences = await silencesSince();
  return {
    ...figures,
    ...silences,
    repairs: count("repairBegun"),
    reds: count("status", "red"),
    doubts: count("status", "yellow"),
  };
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

interface Place {
  readonly host: string;
  /** Empty where the host as a whole is hit. */
  readonly domain: string;
}

function allHosts({ rig }: Trial): Place[] {
  return rig.hosts.map((host) => ({ host, domain: "" }));
}

async function whileBroken({ rig: { lab } }: Trial, name: FaultName, places: readonly Place[], forMs: number) {
  const fault: Fault = faults[name];
  // Each to its end, so that nothing is broken after it was mended.
  const each = async (act: "break" | "mend"): Promise<unknown[]> => {
    const done = places.map(async ({ host, domain }) => fault[act](lab, await hostNamed(lab, host), domain));
    return (await Promise.allSettled(done)).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  };
  const unbroken = await each("break");
  if (unbroken.length === 0) await sleep(forMs);
  // A machine that was repaired meanwhile has nothing left to mend; that it was is what the case is about.
  const unmended = (await each("mend")).filter((error) => !(error instanceof LabError));
  const [problem] = [...unbroken, ...unmended];
  if (problem !== undefined) throw problem;
  return { stressMs: forMs };
}

async function stallDisks(trial: Trial): Promise<Figures> {
  for (let passedMs = 0; passedMs < busyMs; passedMs += stallEveryMs) {
    await whileBroken(trial, "stall-pool", allHosts(trial), stallMs);
    await sleep(stallEveryMs - stallMs);
  }
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
