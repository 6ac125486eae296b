/** All workers are away for half a second: a hiccup that must not become an outage. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tapOf } from "../../lab/faults.ts";
import { onHost } from "../../lab/machine.ts";
import { signal } from "../../lab/processes.ts";
import { startLoad } from "../observe.ts";
import { lossOf, quietP95Ms, restoredMs } from "../outage.ts";
import { workersBackMs } from "../promises/promise.ts";
import { nowMs } from "../requestRecord.ts";
import { awaitHealthyWorkers, processOf, type Rig } from "../rig.ts";
import { openShell } from "../shell.ts";
import { type Case, type Check, checkQuiet, type Figures, figuresOf, type Run, type Trial } from "./case.ts";

const awayMs = 500;
const watchMs = 4_000;
/** New requests a second: well below what an emulated site carries, or the backlog of the absence is what is measured. */
const rate = 20;

export const workersFrozen: Case = {
  name: "workers-frozen",
  what: "every worker's QEMU is stopped for 0.5 s",
  compared: false,
  users: 50,
  healers: ["none", "running"],
  warmups: 2,
  measure: (trial) => measureAbsence(trial, freeze),
  judge,
};

export const workersCut: Case = {
  name: "workers-cut",
  what: "every worker's network port is down for 0.5 s",
  compared: false,
  users: 50,
  healers: ["none", "running"],
  warmups: 2,
  measure: (trial) => measureAbsence(trial, cut),
  judge,
};

/** Takes all workers away and resolves to what brings them back. */
type Absence = (rig: Rig) => Promise<{ leave: () => Promise<void>; comeBack: () => Promise<void> }>;

async function freeze(rig: Rig): ReturnType<Absence> {
  const machines = await Promise.all(rig.workers.map((worker) => processOf(rig, worker)));
  const all = async (name: NodeJS.Signals) => void (await Promise.all(machines.map((id) => signal(id, name))));
  return { leave: () => all("SIGSTOP"), comeBack: () => all("SIGCONT") };
}

async function cut(rig: Rig): ReturnType<Absence> {
  const sides = await Promise.all(
    rig.hosts.map(async (host) => {
      const workers = rig.workers.filter((worker) => worker.host === host);
      const ports = await Promise.all(workers.map(({ domain }) => tapOf(rig.lab, host, domain)));
      return { ports, shell: openShell(await onHost(rig.lab, host, ["sh"])) };
    }),
  );
  const all = async (state: "up" | "down") => {
    const command = (ports: string[]) => ports.map((port) => `ip link set ${port} ${state}`).join("; ");
    await Promise.all(sides.map(({ ports, shell }) => shell.run(command(ports))));
  };
  return {
    leave: () => all("down"),
    comeBack: async () => {
      await all("up");
      for (const { shell } of sides) shell.close();
    },
  };
}

async function measureAbsence({ rig, pair, dir }: Trial, absence: Absence): Promise<Figures> {
  await awaitHealthyWorkers(rig, [pair]);
  const { leave, comeBack } = await absence(rig);
  const options = ["--loop", "open", "--fresh", "--rate", `${rate}`, "--deadline-ms", "5000", "--seconds", "120"];
  await using load = startLoad(rig.lab, `http://${pair.vip}`, options, join(dir, "probe.jsonl"));
  await load.settled();

  const faultMs = nowMs();
  let backMs: number;
  try {
    await leave();
    await sleep(awayMs);
  } finally {
    await comeBack();
    backMs = nowMs();
  }
  await sleep(watchMs);
  const records = await load.stop();
  const { failed, slow, worstOverrunMs } = lossOf(records);
  return {
    restoredMs: restoredMs(records, backMs),
    failed,
    slow,
    worstOverrunMs,
    quietP95Ms: quietP95Ms(records, faultMs),
  };
}

function judge(runs: readonly Run[]): Check[] {
  const worst = Math.max(...figuresOf(runs, runs[0]?.pair ?? "", "restoredMs"));
  return [
    checkQuiet(runs),
    {
      about: "time",
      claim: "the service is back within 1 s of its workers",
      met: worst <= workersBackMs,
      found: `${worst.toFixed(0)} ms`,
    },
  ];
}
