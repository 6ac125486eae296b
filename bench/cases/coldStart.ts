/**
 * All hosts lose their power at once, and it comes back: in the order of a good day, or not. Their machines are started, and
 * not made anew, and nobody has to do anything.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { reportSlots } from "../../cli/demo/slotReports.ts";
import type { SlotRepair } from "../../healer/core/actions.ts";
import { faults } from "../../lab/faults.ts";
import { allWell, startHealer } from "../../lab/healers.ts";
import type { Lab } from "../../lab/lab.ts";
import { inHostAny } from "../../lab/machine.ts";
import { setPort } from "../../lab/network.ts";
import { hostNamed } from "../../lab/owner.ts";
import { journalsFromNow } from "../journals.ts";
import { deadlineMs } from "../mixedLoad.ts";
import { startLoad } from "../observe.ts";
import { lossOf } from "../outage.ts";
import { servesWithinBoots } from "../promises/promise.ts";
import { nowMs, succeeded } from "../requestRecord.ts";
import { awaitHealthyPair, awaitHealthyWorkers, openClient, type Rig } from "../rig.ts";
import { summarize } from "../statistics.ts";
import { type Case, type Check, type Figures, figuresOf, type Run, type Trial } from "./case.ts";
import { boundOf, checkDrift, driftedHosts, failedOf, slotsOf } from "./hostCase.ts";

interface Start {
  /** Resolves just before the power goes. */
  readonly before?: (rig: Rig) => Promise<void>;
  /** Resolves when it comes back. */
  readonly dark?: (rig: Rig) => Promise<void>;
  /** From when on it counts, if not from the power on: resolves then. */
  readonly late?: (rig: Rig) => Promise<void>;
  /** Once all is well. */
  readonly after?: (rig: Rig) => Promise<void>;
  /** How many hosts have their power at first; the others get it once these serve. */
  readonly atFirst?: number;
}

/** They take turns, in this order: all at once, one host first, the switch late, no witness, amid an update. */
const starts: readonly Start[] = [
  {},
  { atFirst: 1 },
  {
    dark: (rig) => setPorts(rig.lab, rig.hosts, "down"),
    late: async (rig) => {
      await sleep(switchLateMs);
      await setPorts(rig.lab, rig.hosts, "up");
    },
  },
  {
    dark: ({ lab }) => setPort(lab, "witness", "down"),
    after: ({ lab }) => setPort(lab, "witness", "up"),
  },
  { before: beginUpdates },
];

const minuteMs = 60_000;
const switchLateMs = 60_000;
/** Somewhere between the reading of the state and its last writing. */
const updateMs = 3_000;
const darkMs = 5_000;
/** A host that is silent for longer counts as lost. */
const othersAtMostMs = 45_000;
const servesTimeoutMs = 6 * minuteMs;
const wellTimeoutMs = 6 * minuteMs;
/** A balancer that has the address must not lose it to one that boots later. */
const watchMs = 10_000;
const askedPerS = 4;

export const coldStart: Case = {
  name: "cold-start",
  what: "every host loses its power, and has it again: all at once, one first, the switch late, no witness, amid an update",
  compared: false,
  users: 0,
  healers: ["running"],
  warmups: 0,
  measure,
  judge,
};

async function measure({ rig, pair, index, dir }: Trial): Promise<Figures> {
  const { lab, hosts } = rig;
  const { before, dark, late, after, atFirst = hosts.length } = starts[index % starts.length] ?? {};
  await awaitHealthyPair(rig, pair);
  await awaitHealthyWorkers(rig, [pair]);
  const notedSince = await journalsFromNow(rig);
  try {
    await before?.(rig);
    await Promise.all(hosts.map(async (host) => faults.power.break(lab, await hostNamed(lab, host))));
    await dark?.(rig);
    await sleep(darkMs);
    const deadline = ["--deadline-ms", `${deadlineMs}`];
    const load = ["--loop", "open", "--fresh", "--rate", `${askedPerS}`, "--seconds", "1800", ...deadline];
    await using asking = startLoad(lab, `http://${pair.vip}`, load, join(dir, "newcomers.jsonl"));
    const powerMs = nowMs();
    const first = powerOn(lab, hosts.slice(0, atFirst));
    await late?.(rig);
    const fromMs = late === undefined ? powerMs : nowMs();
    const answered = firstAnswer(rig, fromMs);
    if (atFirst < hosts.length) await Promise.race([answered, sleep(othersAtMostMs)]);
    await Promise.all([first, answered, powerOn(lab, hosts.slice(atFirst))]);
    await Promise.all(hosts.map((host) => allWell(lab, host, slotsOf(rig, host), wellTimeoutMs)));
    const wellMs = nowMs();
    await sleep(watchMs);
    const records = await asking.stop();
    const servedMs = Math.min(...records.filter(succeeded).map(({ endMs }) => endMs));
    const later = records.filter(({ startMs }) => startMs > servedMs);
    const repairs = (await notedSince()).filter(({ kind }) => kind === "repairBegun");
    await after?.(rig);
    const bootMs = await workersBootMs(rig);
    return {
      servesMs: servedMs - fromMs,
      bootMs,
      servesBoots: (servedMs - fromMs) / bootMs,
      wellMs: wellMs - fromMs,
      requests: later.length,
      failed: failedOf(later),
      slow: lossOf(later).slow,
      repairs: repairs.length,
      replaced: repairs.flatMap(({ slots }) => slots as SlotRepair[]).filter(({ repair }) => repair === "replace")
        .length,
      drifted: await driftedHosts(rig, dir),
    };
  } finally {
    await setPorts(lab, [...hosts, "witness"], "up");
    await powerOn(lab, hosts);
  }
}

/** As on machines that boot: libvirtd starts the domains that are marked for it, and the service manager the healer. */
async function powerOn(lab: Lab, hosts: readonly string[]): Promise<void> {
  await Promise.all(
    hosts.map(async (host) => {
      await faults.power.mend(lab, await hostNamed(lab, host));
      await startHealer(lab, host);
    }),
  );
}

async function setPorts(lab: Lab, machines: readonly string[], state: "up" | "down"): Promise<void> {
  for (const machine of machines) await setPort(lab, machine, state);
}

/** Somebody refreshes the stacks, and both updates are cut. */
async function beginUpdates({ lab, hosts }: Rig): Promise<void> {
  for (const host of hosts) {
    const update = ["pulumi", "up", "--refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", host];
    // It ends with its host.
    void inHostAny(lab, host, update).catch(() => {});
  }
  await sleep(updateMs);
}

async function firstAnswer(rig: Rig, fromMs: number): Promise<void> {
  const client = openClient(rig);
  try {
    while (nowMs() - fromMs < servesTimeoutMs) {
      const asked = await client.run(`curl -fsS -o /dev/null -m 1 http://${rig.product.vip}/random/number`);
      if (asked.code === 0) return;
      await sleep(250);
    }
    throw new Error(`nothing answers at ${rig.product.vip} ${servesTimeoutMs / minuteMs} min after the power`);
  } finally {
    client.close();
  }
}

/** How long a worker's machine took until its service answered, by its own word; the middle one. */
async function workersBootMs({ lab, outputs }: Rig): Promise<number> {
  const slots = [...outputs.values()].flatMap((stack) => stack.slots.filter(({ role }) => role === "worker"));
  const reports = await reportSlots(lab, slots, 0);
  return summarize(reports.flatMap(({ status }) => status?.bootMs ?? []))?.median ?? 0;
}

function judge(runs: readonly Run[]): Check[] {
  const pair = runs[0]?.pair ?? "";
  const worst = (figure: string) => Math.max(...figuresOf(runs, pair, figure));
  const boots = worst("servesBoots");
  return [
    {
      about: "time",
      claim: `served within ${servesWithinBoots} x the boot of a worker`,
      met: boots <= servesWithinBoots,
      found: `${boots.toFixed(2)} x at most, ${(worst("servesMs") / 1_000).toFixed(1)} s`,
    },
    {
      about: "loss",
      claim: "no request fails once one was answered",
      met: worst("failed") === 0,
      found: boundOf(runs, pair, ["failed"]),
    },
    { about: "loss", claim: "no machine is replaced", met: worst("replaced") === 0, found: `${worst("replaced")}` },
    checkDrift(runs, pair),
  ];
}
