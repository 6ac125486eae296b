/**
 * How long a killed machine is away: rebuilt by its host's healer, and by what people use instead, in turn on the same
 * hosts. All make the machine from the same image and the same seed, so that all boot alike; what differs is who notices,
 * what is done then, and in which order.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { recordFrames } from "../observe.ts";
import { ownershipOf, routerOf } from "../ownership.ts";
import { ratioToByHand, ratioToTofu, ratioToVirsh } from "../promises/promise.ts";
import { byHand } from "../repairs/byHand.ts";
import { byTofu, requireTofu } from "../repairs/byTofu.ts";
import { byVigil } from "../repairs/byVigil.ts";
import { byVirsh } from "../repairs/byVirsh.ts";
import { medianWaterfall } from "../repairs/figures.ts";
import { type Victim, victimOf } from "../repairs/victim.ts";
import { renderWaterfall } from "../repairs/waterfall.ts";
import { awaitHealthyPair, awaitHealthyWorkers, type Rig } from "../rig.ts";
import { summarize } from "../statistics.ts";
import { type Case, type Check, type Figures, figuresOf, type Run, type Trial, totalOf } from "./case.ts";

const methods = {
  vigil: byVigil,
  virsh: byVirsh,
  "by-hand-reconstructed": byHand,
  tofu: byTofu,
} as const;

type Method = keyof typeof methods;

/** Long enough for a rebuilt balancer to claim the address, if it is going to. */
const watchMs = 5_000;

const shared = {
  compared: false,
  methods: Object.keys(methods),
  users: 0,
  // Every method but the product's own stops the one on the victim's host, which would be quicker.
  healers: ["running"],
  warmups: 1,
  require: async (rig: Rig, methods: readonly string[]) => {
    if (methods.includes("tofu")) await requireTofu(rig);
  },
  tell,
} as const;

export const repair: Case = {
  ...shared,
  name: "repair",
  what: "a worker's QEMU is killed, and rebuilt by its healer, by virsh, by a script as people have it, and by OpenTofu",
  measure: async (trial) => {
    const [worker] = trial.rig.workers;
    if (worker === undefined) throw new Error("the site has no worker that could be killed");
    await awaitHealthyWorkers(trial.rig, [trial.pair]);
    return measureBy(trial, victimOf(trial.rig, worker));
  },
  judge: judgeTimes,
};

export const repairBalancer: Case = {
  ...shared,
  name: "repair-balancer",
  what: "the same for the balancer that holds the address, which must go to the peer and stay there",
  measure: async (trial) => {
    const { rig, pair } = trial;
    const victim = victimOf(rig, await awaitHealthyPair(rig, pair));
    const figures = trial.method === "vigil" ? await watched(trial, victim) : await measureBy(trial, victim);
    await awaitHealthyPair(rig, pair);
    return figures;
  },
  judge: (runs) => [...judgeAddress(runs), ...judgeTimes(runs)],
};

function measureBy(trial: Trial, victim: Victim): Promise<Figures> {
  const method = methods[trial.method as Method];
  return method(trial, victim);
}

/** With who held the address, read from the wire over the whole repair. */
async function watched(trial: Trial, victim: Victim): Promise<Figures> {
  const { rig, pair, dir } = trial;
  await using recording = await recordFrames(rig, pair, dir);
  const figures = await measureBy(trial, victim);
  await sleep(watchMs);
  const frames = await recording.stop();
  const { tenures, noHolderMs, twoHoldersMs } = ownershipOf(frames, routerOf(pair));
  return { ...figures, noHolderMs, twoHoldersMs, moves: tenures.length - 1 };
}

function judgeTimes(runs: readonly Run[]): Check[] {
  if (!hasOurs(runs)) return [];
  const drifted = totalOf(runs, "vigil", "drifted");
  return [
    {
      about: "loss",
      claim: "the healer's repair leaves no drift",
      met: drifted === 0,
      found: `${drifted} of ${figuresOf(runs, "vigil", "drifted").length} times there was some`,
    },
    ...ratioOf(
      runs,
      "awayMs",
      "virsh",
      ratioToVirsh,
      `back after at most ${ratioToVirsh} x what the fewest virsh steps take`,
    ),
    ...ratioOf(
      runs,
      "awayMs",
      "by-hand-reconstructed",
      ratioToByHand,
      `back at least ${1 / ratioToByHand} x sooner than by hand, as we have reconstructed it`,
    ),
    ...ratioOf(
      runs,
      "replaceMs",
      "tofu",
      ratioToTofu,
      `once it is decided on, a replacement takes at most ${ratioToTofu} x \`tofu apply -replace\``,
    ),
  ];
}

/** Our own method may have been left out. */
function hasOurs(runs: readonly Run[]): boolean {
  return runs.some(({ pair }) => pair === "vigil");
}

/** Nothing if the method was left out. */
function ratioOf(runs: readonly Run[], figure: string, method: Method, atMost: number, claim: string): Check[] {
  const ours = summarize(figuresOf(runs, "vigil", figure))?.median;
  const theirs = summarize(figuresOf(runs, method, figure))?.median;
  if (ours === undefined || theirs === undefined) return [];
  const ratio = ours / theirs;
  const found = `${(ours / 1000).toFixed(1)} s against ${(theirs / 1000).toFixed(1)} s: ${ratio.toFixed(2)} x`;
  return [{ about: "time", claim, met: ratio <= atMost, found }];
}

function judgeAddress(runs: readonly Run[]): Check[] {
  if (!hasOurs(runs)) return [];
  const moves = figuresOf(runs, "vigil", "moves");
  const twoHoldersMs = Math.max(0, ...figuresOf(runs, "vigil", "twoHoldersMs"));
  return [
    {
      about: "loss",
      claim: "the address moves once, and stays with the peer when its old holder has been rebuilt",
      met: moves.every((count) => count === 1),
      found: `${moves.filter((count) => count === 1).length} of ${moves.length} times`,
    },
    {
      about: "loss",
      claim: "never two holders",
      met: twoHoldersMs === 0,
      found: `${twoHoldersMs.toFixed(0)} ms at most`,
    },
  ];
}

/** Where the time of the healer's repair goes, and what the figures do not say. */
function tell(runs: readonly Run[]): string {
  const bars = hasOurs(runs) ? renderWaterfall(medianWaterfall(runs, "vigil")) : "it was left out\n";
  return `
Where the time of the healer's repair goes, medians of its steps:
${bars}
by-hand-reconstructed is our reconstruction of the scripts that people keep, and no recording of any: it has the image with
everything installed, and none of the minutes of configuration that they report. virsh and tofu are told of the death at once.
The tuned pair of keepalived and nginx is not among the methods: it moves the address, and never repairs.
`;
}
