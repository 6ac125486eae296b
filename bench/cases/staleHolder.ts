/**
 * The balancer that has the address stands still for half a minute and then goes on as if nothing had been, while a peer has
 * the address. Stopped by a signal it sees that time has passed; stopped by the hypervisor it does not.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { faults } from "../../lab/faults.ts";
import { LabError } from "../../lab/labError.ts";
import { hostNamed } from "../../lab/owner.ts";
import type { Frame } from "../frames.ts";
import { recordFrames, startLoad } from "../observe.ts";
import { lossOf, outageMs, quietP95Ms } from "../outage.ts";
import { routerOf, takeoverOf } from "../ownership.ts";
import { twoHoldersAtMostMs } from "../promises/promise.ts";
import { nowMs } from "../requestRecord.ts";
import { awaitHealthyPair, type Pair } from "../rig.ts";
import { type Case, type Check, checkQuiet, type Figures, figuresOf, type Run, type Trial } from "./case.ts";

const stillMs = 30_000;
/** Long enough for a balancer that wakes to claim the address, and to lose it again. */
const watchMs = 6_000;

const shared = { compared: false, users: 0, healers: ["none", "running"], warmups: 1, judge } as const;

export const holderFrozen: Case = {
  ...shared,
  name: "holder-frozen",
  what: "the holder's QEMU is stopped by a signal for 30 s, and goes on: the guest sees the time it lost",
  measure: (trial) => measure(trial, "freeze"),
};

export const holderPaused: Case = {
  ...shared,
  name: "holder-paused",
  what: "the holder is paused by the hypervisor for 30 s, and resumed: its clock has stood still as well",
  measure: (trial) => measure(trial, "pause"),
};

async function measure({ rig, pair, dir }: Trial, fault: "freeze" | "pause"): Promise<Figures> {
  const holder = await awaitHealthyPair(rig, pair);
  const host = await hostNamed(rig.lab, holder.host);
  await using recording = await recordFrames(rig, pair, dir);
  const probing = ["--loop", "open", "--fresh", "--rate", "10", "--deadline-ms", "3000", "--seconds", "120"];
  await using probe = startLoad(rig.lab, `http://${pair.vip}`, probing, join(dir, "probe.jsonl"));
  await probe.settled();

  const faultMs = nowMs();
  await faults[fault].break(rig.lab, host, holder.domain);
  await sleep(stillMs);
  const wokenMs = nowMs();
  // Its healer has destroyed it by then, so that it never goes on.
  await faults[fault].mend(rig.lab, host, holder.domain).catch((error: unknown) => {
    if (!(error instanceof LabError)) throw error;
  });
  await sleep(watchMs);
  const [requests, frames] = await Promise.all([probe.stop(), recording.stop()]);
  await awaitHealthyPair(rig, pair);

  const { failed, slow } = lossOf(requests);
  const router = routerOf(pair);
  return {
    outageMs: outageMs(requests, faultMs),
    ...takeoverOf(frames, router, faultMs),
    twoHoldersMs: bothSayMs(frames, pair, holder.mac, wokenMs),
    tookBack: hasAtEnd(frames, pair, holder.mac, wokenMs) ? 1 : 0,
    failed,
    slow,
    quietP95Ms: quietP95Ms(requests, faultMs),
  };
}

/**
 * For how long, since the one that has woken first says that it has the address, its peer says so as well, by adverts and in
 * ARP. Answers do not tell: one that has lost the address still sends those that it owes.
 */
function bothSayMs(frames: readonly Frame[], { vip, vrid }: Pair, mac: string, wokenMs: number): number {
  const isHolder = (frame: Frame) =>
    frame.type === "advert"
      ? frame.vrid === vrid && frame.priority > 0
      : frame.type === "claim" && frame.address === vip;
  const spoken = frames.filter((frame) => frame.timeMs >= wokenMs && isHolder(frame));
  const woken = spoken.filter((frame) => frame.mac === mac);
  const lastPeerMs = spoken.findLast((frame) => frame.mac !== mac)?.timeMs ?? 0;
  const [first, last] = [woken[0], woken.at(-1)];
  return first === undefined || last === undefined ? 0 : Math.max(0, Math.min(last.timeMs, lastPeerMs) - first.timeMs);
}

function hasAtEnd(frames: readonly Frame[], { vrid }: Pair, mac: string, wokenMs: number): boolean {
  const adverts = frames.filter((frame) => frame.type === "advert" && frame.vrid === vrid && frame.priority > 0);
  const last = adverts.findLast(({ timeMs }) => timeMs > wokenMs);
  return last?.mac === mac;
}

function judge(runs: readonly Run[]): Check[] {
  const pair = runs[0]?.pair ?? "";
  const twoHoldersMs = Math.max(...figuresOf(runs, pair, "twoHoldersMs"));
  return [
    checkQuiet(runs),
    {
      about: "loss",
      claim: `two hold the address for at most ${twoHoldersAtMostMs} ms`,
      met: twoHoldersMs <= twoHoldersAtMostMs,
      found: `${twoHoldersMs.toFixed(0)} ms`,
    },
    {
      about: "loss",
      claim: "the peer has claimed the address",
      met: figuresOf(runs, pair, "claimMs").length === runs.length,
      found: `${figuresOf(runs, pair, "claimMs").length} of ${runs.length} times`,
    },
  ];
}
