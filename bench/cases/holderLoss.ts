/** The balancer that has the address dies: its nginx, or its whole machine. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signal } from "../../lab/processes.ts";
import { bringBack } from "../healers.ts";
import { recordFrames, startLoad } from "../observe.ts";
import { lossOf, outageMs, quietP95Ms } from "../outage.ts";
import { ownershipOf, routerOf, takeoverOf } from "../ownership.ts";
import { ratioToTuned } from "../promises/promise.ts";
import { nowMs } from "../requestRecord.ts";
import { awaitHealthyPair, type Machine, openGuest, processOf } from "../rig.ts";
import { summarize } from "../statistics.ts";
import { type Case, type Check, checkQuiet, type Figures, figuresOf, type Run, type Trial } from "./case.ts";

/** Long enough for adverts of a second, and for a client to have repeated a connect. */
const watchMs = 6_000;

export const holderNginx: Case = {
  name: "holder-nginx",
  what: "every nginx process of the address's holder is killed at once",
  compared: true,
  users: 5,
  healers: ["none", "running"],
  warmups: 2,
  measure: (trial) => measureLoss(trial, armNginx),
  judge,
};

export const holderVm: Case = {
  name: "holder-vm",
  what: "the holder's QEMU is killed",
  compared: true,
  users: 5,
  healers: ["none", "running"],
  warmups: 2,
  measure: (trial) => measureLoss(trial, armVm),
  judge,
};

/** A fault that is ready to happen. */
interface Armed extends Disposable {
  /** Resolves to the instant just before it happened. */
  readonly fire: () => Promise<number>;
  readonly mend: () => Promise<void>;
}

async function armNginx({ rig }: Trial, holder: Machine): Promise<Armed> {
  const guest = await openGuest(rig, holder);
  await guest.run("true");
  return {
    fire: async () => (await guest.run("kill -9 $(pidof nginx)")).sentMs,
    // The guest's own supervisor does.
    mend: async () => {},
    [Symbol.dispose]: () => guest.close(),
  };
}

async function armVm({ rig, healers }: Trial, holder: Machine): Promise<Armed> {
  const qemu = await processOf(rig, holder);
  return {
    fire: async () => {
      const faultMs = nowMs();
      await signal(qemu, "SIGKILL");
      return faultMs;
    },
    mend: () => bringBack(rig, healers, holder),
    [Symbol.dispose]: () => {},
  };
}

/** Three adverts and the skew are 0.33 s; the rest is for a machine that is late. */
const maxUnheldMs = 2_000;

async function measureLoss(trial: Trial, arm: (trial: Trial, holder: Machine) => Promise<Armed>): Promise<Figures> {
  const { rig, pair, dir, users } = trial;
  const holder = await awaitHealthyPair(rig, pair);
  using armed = await arm(trial, holder);
  await using recording = await recordFrames(rig, pair, dir);
  const url = `http://${pair.vip}`;
  const probing = ["--loop", "open", "--fresh", "--rate", "20", "--deadline-ms", "3000", "--seconds", "120"];
  await using probe = startLoad(rig.lab, url, probing, join(dir, "probe.jsonl"));
  const using = ["--kind", "sleep", "--connections", `${users}`, "--deadline-ms", "3000", "--seconds", "120"];
  await using load = users > 0 ? startLoad(rig.lab, url, using, join(dir, "users.jsonl")) : undefined;
  await Promise.all([probe.settled(), load?.settled()]);
  // The fault must not keep step with the adverts.
  await sleep(Math.random() * pair.advertMs);

  const faultMs = await armed.fire();
  await sleep(watchMs);
  const [requests, used, frames] = await Promise.all([probe.stop(), load?.stop() ?? [], recording.stop()]);
  await armed.mend();
  await awaitHealthyPair(rig, pair);

  const router = routerOf(pair);
  const { noHolderMs, twoHoldersMs } = ownershipOf(frames, router);
  const { failed, slow } = lossOf(requests);
  const usersLoss = lossOf(used);
  return {
    outageMs: outageMs(requests, faultMs),
    noHolderMs,
    twoHoldersMs,
    ...takeoverOf(frames, router, faultMs),
    failed,
    slow,
    usersFailed: usersLoss.failed,
    usersSlow: usersLoss.slow,
    quietP95Ms: quietP95Ms(requests, faultMs),
  };
}

function judge(runs: readonly Run[]): Check[] {
  const [product = "", baseline] = [...new Set(runs.map(({ pair }) => pair))];
  const handover = checkHandover(runs, product);
  if (baseline === undefined) return [checkQuiet(runs), ...handover];
  const ratios = ["outageMs", "answerGapMs"].flatMap((figure) => {
    const ours = summarize(figuresOf(runs, product, figure));
    const theirs = summarize(figuresOf(runs, baseline, figure));
    return (["median", "max"] as const).map((kind) => {
      const ratio = (ours?.[kind] ?? Number.NaN) / (theirs?.[kind] ?? Number.NaN);
      return {
        about: "time" as const,
        claim: `${kind} of ${figure} at most ${ratioToTuned} x the ${baseline} pair's`,
        met: ratio <= ratioToTuned,
        found: `${ours?.[kind].toFixed(0)} ms against ${theirs?.[kind].toFixed(0)} ms: ${ratio.toFixed(2)} x`,
      };
    });
  });
  return [checkQuiet(runs), ...handover, ...ratios];
}

/** By frames, not by requests: they show who had the address whatever else the machine was busy with. */
function checkHandover(runs: readonly Run[], pair: string): Check[] {
  const unheldMs = Math.max(...figuresOf(runs, pair, "noHolderMs"));
  const claims = figuresOf(runs, pair, "claimMs").length;
  return [
    {
      about: "loss",
      claim: "the peer claimed the address",
      met: claims === runsOf(runs, pair),
      found: `${claims} times`,
    },
    {
      about: "loss",
      claim: `nobody held the address for at most ${maxUnheldMs} ms`,
      met: unheldMs <= maxUnheldMs,
      found: `${unheldMs.toFixed(0)} ms`,
    },
  ];
}

function runsOf(runs: readonly Run[], pair: string): number {
  return runs.filter((run) => run.pair === pair).length;
}
