/**
 * A whole host goes, while people use the service: without a word, or because a person has drained it. It comes back, and
 * in the end everything is as it was before.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { faults } from "../../lab/faults.ts";
import { allWell, startHealer } from "../../lab/healers.ts";
import { inHost } from "../../lab/machine.ts";
import { hostNamed } from "../../lab/owner.ts";
import { askedAgainMs, deadlineMs, defaultThinkMs, ratePerS, startMixedLoad } from "../mixedLoad.ts";
import { lossOf, outageMs, quietP95Ms } from "../outage.ts";
import { isKept, nowMs } from "../requestRecord.ts";
import { awaitHealthyPair, awaitHealthyWorkers, type Rig } from "../rig.ts";
import { statusOf, untilStatus, workersOf } from "../statusOf.ts";
import { type Case, type Check, checkQuiet, type Figures, figuresOf, type Run, type Trial, totalOf } from "./case.ts";
import { boundOf, byConnection, checkDrift, checkKept, driftedHosts, failedOf, otherOf, slotsOf } from "./hostCase.ts";

const minuteMs = 60_000;
/** Longer than a host that is silent needs to count as lost. */
const rebootMs = 75_000;
/** What was under way when the host went has come to its end by then, one way or the other. */
const lossMs = deadlineMs + 5_000;
/** A minute until the host counts as lost, an update, and boots side by side. */
const standInTimeoutMs = 6 * minuteMs;
/** Two minutes in which the host has to be well, and a removal and a check for drift for each of its workers. */
const giveBackTimeoutMs = 8 * minuteMs;
const wellTimeoutMs = 6 * minuteMs;
const [smallMib, largeMib] = [256, 272];

export const hostPower: Case = {
  name: "host-power",
  what: "the host that has the address loses its power, and has it again once others stand in for its workers",
  compared: false,
  users: 50,
  thinkMs: defaultThinkMs,
  healers: ["running"],
  warmups: 0,
  measure: measurePower,
  judge: judgePower,
};

export const hostReboot = drainedCase(
  "host-reboot",
  "a host is drained, without power for longer than one that is lost, and returned; the hosts take turns",
  reboot,
);

export const hostChange = drainedCase(
  "host-change",
  "a host is drained, an update replaces all its machines, and it is returned; the hosts take turns",
  replaceMachines,
);

/** `away` is what is done to the host between its drain and its return. */
function drainedCase(name: string, what: string, away: (rig: Rig, host: string) => Promise<void>): Case {
  return {
    name,
    what,
    compared: false,
    users: 50,
    thinkMs: defaultThinkMs,
    healers: ["running"],
    warmups: 0,
    measure: (trial) => measureDrained(away, trial),
    judge: judgeDrained,
  };
}

async function measurePower({ rig, pair, dir, ...load }: Trial): Promise<Figures> {
  const { host } = await awaitHealthyPair(rig, pair);
  await awaitHealthyWorkers(rig, [pair]);
  const other = otherOf(rig, host);
  const before = workersOf(await statusOf(other));
  await using mixed = startMixedLoad(rig, pair, { ...load, dir });
  await mixed.settled();

  const faultMs = nowMs();
  await using power = await cutPower(rig, host);
  await untilStatus(other, standInTimeoutMs, ({ hosts }) =>
    hosts.some((one) => one.host === host && one.status === "lost"),
  );
  const lostMs = nowMs();
  await untilStatus(other, standInTimeoutMs, ({ slots }) => {
    const standIns = slots.filter(({ standsInFor }) => standsInFor === host);
    return standIns.length > 0 && slots.every(({ status }) => status === "green");
  });
  const stoodInMs = nowMs();
  await sleep(askedAgainMs(load.thinkMs));
  const backMs = nowMs();
  await power.restore();
  await allWell(rig.lab, host, slotsOf(rig, host), wellTimeoutMs);
  const wellMs = nowMs();
  await untilStatus(other, giveBackTimeoutMs, (status) => workersOf(status).join() === before.join());
  const givenBackMs = nowMs();
  await sleep(askedAgainMs(load.thinkMs));
  const { users, newcomers } = await mixed.stop();

  const records = [...users, ...newcomers];
  const { others, failedOnKept, failedAgain } = byConnection(records, faultMs);
  const within = (fromMs: number, toMs: number) => others.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
  const standingIn = within(faultMs + lossMs, backMs);
  const booting = within(backMs, wellMs);
  const givingBack = within(wellMs, Number.POSITIVE_INFINITY);
  return {
    requests: records.length,
    usersPerS: ratePerS(users),
    newcomersPerS: ratePerS(newcomers),
    outageMs: outageMs(newcomers, faultMs),
    failedOnKept,
    failedAgain,
    failedAtLoss: failedOf(within(faultMs - deadlineMs, faultMs + lossMs)),
    requestsStandingIn: standingIn.length,
    failedStandingIn: failedOf(standingIn),
    requestsBooting: booting.length,
    failedBooting: failedOf(booting),
    requestsGivingBack: givingBack.length,
    failedGivingBack: failedOf(givingBack),
    slow: lossOf(records).slow,
    confirmMs: lostMs - faultMs,
    standInMs: stoodInMs - lostMs,
    bootMs: wellMs - backMs,
    giveBackMs: givenBackMs - wellMs,
    drifted: await driftedHosts(rig, dir),
    quietP95Ms: quietP95Ms(records, faultMs),
  };
}

async function measureDrained(
  away: (rig: Rig, host: string) => Promise<void>,
  { rig, pair, index, dir, ...load }: Trial,
): Promise<Figures> {
  await awaitHealthyPair(rig, pair);
  await awaitHealthyWorkers(rig, [pair]);
  const host = rig.hosts[index % rig.hosts.length] ?? "";
  const other = otherOf(rig, host);
  const before = workersOf(await statusOf(other));
  await using mixed = startMixedLoad(rig, pair, { ...load, dir });
  await mixed.settled();

  const beginMs = nowMs();
  await inHost(rig.lab, host, ["cli/vigil", "host", "drain", host]);
  const drainedMs = nowMs();
  await away(rig, host);
  const backMs = nowMs();
  const made = workersOf(await statusOf(other)).length - before.length;
  await allWell(rig.lab, host, slotsOf(rig, host), wellTimeoutMs);
  const wellMs = nowMs();
  await inHost(rig.lab, host, ["cli/vigil", "host", "return", host]);
  const returnedMs = nowMs();
  await sleep(askedAgainMs(load.thinkMs));
  const { users, newcomers } = await mixed.stop();

  const records = [...users, ...newcomers];
  return {
    requests: records.length,
    usersPerS: ratePerS(users),
    newcomersPerS: ratePerS(newcomers),
    failedOnNew: failedOf(records.filter((record) => !isKept(record))),
    failedOnKept: failedOf(records.filter(isKept)),
    slow: lossOf(records).slow,
    made,
    drainMs: drainedMs - beginMs,
    awayMs: backMs - drainedMs,
    bootMs: wellMs - backMs,
    returnMs: returnedMs - wellMs,
    drifted: await driftedHosts(rig, dir),
    quietP95Ms: quietP95Ms(records, beginMs),
  };
}

async function reboot(rig: Rig, host: string): Promise<void> {
  await using power = await cutPower(rig, host);
  await sleep(rebootMs);
  await power.restore();
}

/** As another release with another image does: each run gives the host's machines the other one of two sizes. */
async function replaceMachines(rig: Rig, host: string): Promise<void> {
  const keys = ["vigil:worker.memoryMib", "vigil:balancer.memoryMib"];
  for (const key of keys) {
    const stack = ["--path", key, "--stack", host];
    const memoryMib = Number(await inHost(rig.lab, host, ["pulumi", "config", "get", ...stack]));
    const other = memoryMib === smallMib ? largeMib : smallMib;
    await inHost(rig.lab, host, ["pulumi", "config", "set", ...stack, `${other}`]);
  }
  await inHost(rig.lab, host, ["pulumi", "up", "--yes", "--non-interactive", "--skip-preview", "--stack", host]);
}

/** Disposing of it restores the power, too. */
async function cutPower({ lab }: Rig, name: string) {
  const host = await hostNamed(lab, name);
  let isCut = true;
  const restore = async () => {
    if (!isCut) return;
    await faults.power.mend(lab, host);
    await startHealer(lab, name);
    isCut = false;
  };
  await faults.power.break(lab, host);
  return { restore, [Symbol.asyncDispose]: restore };
}

function judgePower(runs: readonly Run[]): Check[] {
  const pair = runs[0]?.pair ?? "";
  const worstS = (name: string) => `${(Math.max(...figuresOf(runs, pair, name)) / 1_000).toFixed(1)} s at most`;
  const isRestored = runs.every(({ figures: { standInMs = Number.POSITIVE_INFINITY, bootMs = 0 } }) => {
    return standInMs <= 2 * bootMs;
  });
  return [
    checkQuiet(runs),
    checkKept(runs, pair),
    {
      about: "loss",
      claim: "once the loss is over, no other request fails until the host is back",
      met: totalOf(runs, pair, "failedStandingIn") === 0,
      found: boundOf(runs, pair, ["failedStandingIn"], "requestsStandingIn"),
    },
    {
      about: "loss",
      claim: "no request fails while the workers are given back",
      met: totalOf(runs, pair, "failedGivingBack") === 0,
      found: boundOf(runs, pair, ["failedGivingBack"], "requestsGivingBack"),
    },
    {
      about: "time",
      claim: "the workers are stood in for within the time of two boots of a host's machines",
      met: isRestored,
      found: `${worstS("standInMs")}, after ${worstS("confirmMs")} of confirmation; such a boot took ${worstS("bootMs")}`,
    },
    checkDrift(runs, pair),
  ];
}

function judgeDrained(runs: readonly Run[]): Check[] {
  const pair = runs[0]?.pair ?? "";
  const total = (name: string) => totalOf(runs, pair, name);
  return [
    checkQuiet(runs),
    {
      about: "loss",
      claim: "no request fails, on a new connection or a kept one",
      met: total("failedOnNew") + total("failedOnKept") === 0,
      found: `${boundOf(runs, pair, ["failedOnNew", "failedOnKept"])}; ${total("failedOnNew")} on new connections, ${total("failedOnKept")} on kept ones`,
    },
    {
      about: "loss",
      claim: "nothing is made in place of a host that is away on purpose",
      met: total("made") === 0,
      found: `${total("made")} workers`,
    },
    checkDrift(runs, pair),
  ];
}
