/**
 * Nobody dies, and hosts do not hear each other, or the witness: the cable of the host that has the address is cut, or fails
 * in one direction. Each side has to know what it is.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { faults } from "../../lab/faults.ts";
import type { Lab } from "../../lab/lab.ts";
import type { LabHost } from "../../lab/labSite.ts";
import { setPort } from "../../lab/network.ts";
import { hostNamed } from "../../lab/owner.ts";
import { journalsFromNow } from "../journals.ts";
import { askedAgainMs, deadlineMs, defaultThinkMs, ratePerS, startMixedLoad } from "../mixedLoad.ts";
import { arrivedOf, recordFrames } from "../observe.ts";
import { lossOf, outageMs, quietP95Ms } from "../outage.ts";
import { ownershipOf, routerOf } from "../ownership.ts";
import { twoHoldersAtMostMs } from "../promises/promise.ts";
import { nowMs } from "../requestRecord.ts";
import { awaitHealthyPair, awaitHealthyWorkers, type Rig } from "../rig.ts";
import { isWell, standsBack, statusOf, untilStatus } from "../statusOf.ts";
import { type Case, type Check, checkQuiet, type Figures, figuresOf, type Run, type Trial, totalOf } from "./case.ts";
import { boundOf, byConnection, checkDrift, checkKept, driftedHosts, failedOf, otherOf } from "./hostCase.ts";

/** Less than a host that is silent needs to count as lost: what is made in its place then is `host-power`'s. */
const cutMs = 50_000;
/** What was under way when the cable was cut has come to its end by then, one way or the other. */
const lossMs = deadlineMs + 5_000;
/** Each side has said what it makes of it. */
const knownMs = 20_000;
const mendedTimeoutMs = 120_000;

interface Cut {
  readonly name: string;
  readonly what: string;
  /** Resolves once it is so. */
  readonly set: (lab: Lab, host: LabHost, state: "cut" | "mended") => Promise<void>;
  /** Whether people lose the balancer that has the address: then it stands back, and the address moves. */
  readonly hitsHolder: boolean;
}

const fault = (name: "port" | "deaf-host" | "mute-host") => (lab: Lab, host: LabHost, state: "cut" | "mended") =>
  state === "cut" ? faults[name].break(lab, host) : faults[name].mend(lab, host);

export const hostCut = cutCase({
  name: "host-cut",
  what: "the cable of the host that has the address is cut for 50 s, and mended",
  set: fault("port"),
  hitsHolder: true,
});

export const hostDeaf = cutCase({
  name: "host-deaf",
  what: "the host that has the address hears nothing for 50 s, while what it sends arrives",
  set: fault("deaf-host"),
  hitsHolder: true,
});

export const hostMute = cutCase({
  name: "host-mute",
  what: "what the host that has the address sends is lost for 50 s, while it hears everything",
  set: fault("mute-host"),
  hitsHolder: true,
});

export const witnessLost = cutCase({
  name: "witness-lost",
  what: "the witness is cut off for 50 s: both hosts hear each other, and nobody needs it",
  set: (lab, _host, state) => setPort(lab, "witness", state === "cut" ? "down" : "up"),
  hitsHolder: false,
});

function cutCase(cut: Cut): Case {
  return {
    name: cut.name,
    what: cut.what,
    compared: false,
    users: 50,
    thinkMs: defaultThinkMs,
    healers: ["running"],
    warmups: 0,
    measure: (trial) => measure(cut, trial),
    judge: (runs) => judge(cut, runs),
  };
}

async function measure(cut: Cut, { rig, pair, dir, ...load }: Trial): Promise<Figures> {
  const { host } = await awaitHealthyPair(rig, pair);
  await awaitHealthyWorkers(rig, [pair]);
  const there = { lab: rig.lab, host };
  const other = otherOf(rig, host);
  const notedSince = await journalsFromNow(rig);
  await using recording = await recordFrames(rig, pair, dir);
  await using mixed = startMixedLoad(rig, pair, { ...load, dir });
  await mixed.settled();

  const faultMs = nowMs();
  await using under = await begin(cut, rig, host);
  await sleep(knownMs);
  const back = (await statusOf(there)).slots.some(standsBack);
  await sleep(faultMs + cutMs - nowMs());
  const mendedMs = nowMs();
  await under.mend();
  for (const place of [there, other]) await untilStatus(place, mendedTimeoutMs, isWell);
  const wellMs = nowMs();
  await sleep(askedAgainMs(load.thinkMs));
  const [{ users, newcomers }, frames] = await Promise.all([mixed.stop(), recording.stop()]);

  const records = [...users, ...newcomers];
  const { others, failedOnKept, failedAgain } = byConnection(records, faultMs);
  const begun = (fromMs: number, toMs = Number.POSITIVE_INFINITY) =>
    others.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
  const { tenures, twoHoldersMs } = ownershipOf(arrivedOf(frames, pair, host), routerOf(pair));
  return {
    requests: records.length,
    usersPerS: ratePerS(users),
    newcomersPerS: ratePerS(newcomers),
    outageMs: outageMs(newcomers, faultMs),
    twoHoldersMs,
    // The one that is left cannot send adverts to a peer that does not answer ARP: its silence ends no tenure.
    moves: tenures.filter(({ mac }, index) => index > 0 && mac !== tenures[index - 1]?.mac).length,
    afterCut: begun(faultMs + lossMs).length,
    failedOnKept,
    failedAgain,
    failedAtCut: failedOf(begun(faultMs - deadlineMs, faultMs + lossMs)),
    failedWhileCut: failedOf(begun(faultMs + lossMs, mendedMs)),
    failedAfterMend: failedOf(begun(mendedMs)),
    slow: lossOf(records).slow,
    standsBack: back ? 1 : 0,
    repairs: (await notedSince()).filter(({ kind }) => kind === "repairBegun").length,
    wellMs: wellMs - mendedMs,
    drifted: await driftedHosts(rig, dir),
    quietP95Ms: quietP95Ms(records, faultMs),
  };
}

/** Disposing of it mends it, too. */
async function begin({ set }: Cut, { lab }: Rig, name: string) {
  const host = await hostNamed(lab, name);
  const mend = () => set(lab, host, "mended");
  await set(lab, host, "cut");
  return { mend, [Symbol.asyncDispose]: mend };
}

function judge({ hitsHolder }: Cut, runs: readonly Run[]): Check[] {
  const pair = runs[0]?.pair ?? "";
  const total = (name: string) => totalOf(runs, pair, name);
  const worst = (name: string) => Math.max(...figuresOf(runs, pair, name));
  return [
    checkQuiet(runs),
    {
      about: "loss",
      claim: `from ${lossMs / 1000} s after the cut on no request fails on a connection made since, nor when it is mended`,
      met: total("failedWhileCut") + total("failedAfterMend") === 0,
      found: boundOf(runs, pair, ["failedWhileCut", "failedAfterMend"], "afterCut"),
    },
    hitsHolder
      ? checkKept(runs, pair)
      : {
          about: "loss",
          claim: "no request fails on a connection that was kept",
          met: total("failedOnKept") === 0,
          found: `${total("failedOnKept")}`,
        },
    {
      about: "loss",
      claim: `two hold the address for at most ${twoHoldersAtMostMs} ms where users are`,
      met: worst("twoHoldersMs") <= twoHoldersAtMostMs,
      found: `${worst("twoHoldersMs").toFixed(0)} ms`,
    },
    {
      about: "loss",
      claim: hitsHolder
        ? "the address moves once: the balancer that was cut off returns as a backup"
        : "the address stays where it is",
      met: figuresOf(runs, pair, "moves").every((moves) => moves === (hitsHolder ? 1 : 0)),
      found: figuresOf(runs, pair, "moves").join(", "),
    },
    {
      about: "loss",
      claim: hitsHolder ? "the balancer that is cut off stands back, and says so" : "no balancer stands back",
      met: total("standsBack") === (hitsHolder ? runs.length : 0),
      found: `${total("standsBack")} of ${runs.length} times`,
    },
    {
      about: "loss",
      claim: "nothing is repaired, for nothing is broken",
      met: total("repairs") === 0,
      found: `${total("repairs")}`,
    },
    checkDrift(runs, pair),
  ];
}
