/**
 * Sites of three and of four hosts, from their configuration alone: two hosts lose their power, one after the other, and what
 * is left is what `vigil plan` has said. Makes labs of its own.
 */
import assert from "node:assert/strict";
import { afterEach, suite, test } from "node:test";
import { statusOf, untilStatus } from "../../bench/statusOf.ts";
import { sendRequests } from "../../cli/demo/sendRequests.ts";
import { checkout } from "../../cli/place.ts";
import { run } from "../../host/run.ts";
import type { Left, Loss, SecondLoss } from "../../infra/survival.ts";
import { faults } from "../../lab/faults.ts";
import { allWell, startHealer } from "../../lab/healers.ts";
import { type Lab, labNamed } from "../../lab/lab.ts";
import { hostNamed, requireOwner } from "../../lab/owner.ts";
import { type Diary, expectNoDrift } from "../support/healing.ts";
import { checkoutWith, type SiteCheckout } from "../support/siteCheckout.ts";
import { tellStolenTime } from "../support/tellStolenTime.ts";

const minuteMs = 60_000;
const machinesPerHost = 2;
/** A minute until a host counts as lost, an update and a boot. */
const standInTimeoutMs = 10 * minuteMs;
/** Two minutes in which the host has to be well, a removal, and a check for drift. */
const giveBackTimeoutMs = 15 * minuteMs;

interface Predicted {
  readonly host: { readonly vrrpPriority: number };
  readonly losses: readonly Loss[];
  readonly secondLosses: readonly SecondLoss[];
}

const sites = [
  { name: "hosts3", further: ["cc"] },
  { name: "hosts4", further: ["cc", "dd"] },
];

tellStolenTime();

suite("sites of more than two hosts", () => {
  for (const { name, further } of sites) {
    test(
      `${2 + further.length} hosts: two are lost, and what is left is what was predicted`,
      {
        timeout: 75 * minuteMs,
      },
      (t) => loseTwo(name, further, t),
    );
  }

  // A test that runs out of time does not come to its own end.
  afterEach(async () => {
    for (const { name } of sites) await run([`${checkout}/cli/vigil`, "lab", "down", "--force", "--lab", name]);
  });
});

async function loseTwo(name: string, further: readonly string[], diary: Diary): Promise<void> {
  const lab = labNamed(name);
  await using site = await checkoutWith(...further);
  await site.vigil("demo", "--no-faults", "--lab", name);
  const hosts = (await requireOwner(lab)).site.hosts.map((host) => host.name);
  await Promise.all(hosts.map((host) => startHealer(lab, host)));
  await Promise.all(hosts.map((host) => allWell(lab, host, machinesPerHost, 8 * minuteMs)));

  const plans = await Promise.all(hosts.map((host) => planOf(site, name, host)));
  const priorities = plans.map(({ host }) => host.vrrpPriority);
  assert.equal(new Set(priorities).size, hosts.length, `the priorities are ${priorities}`);
  const [plan] = plans;
  assert.ok(plan);

  const first = await holderOf(lab, hosts);
  const loss = plan.losses.find(({ lostHost }) => lostHost === first);
  const left = hosts.filter((host) => host !== first);
  await faults.power.break(lab, await hostNamed(lab, first));
  await expectLeft(lab, left, loss, diary);
  await expectLost(lab, left, [first], diary);

  const second = loss?.nextHolder ?? "";
  const last = left.filter((host) => host !== second);
  const isBoth = ({ lostHosts }: SecondLoss) => [first, second].every((host) => lostHosts.includes(host));
  await faults.power.break(lab, await hostNamed(lab, second));
  await expectLeft(lab, last, plan.secondLosses.find(isBoth), diary);
  await expectLost(lab, last, [first, second], diary);
  for (const host of last) await expectNoDrift({ lab, host });

  for (const host of [first, second]) {
    await faults.power.mend(lab, await hostNamed(lab, host));
    await startHealer(lab, host);
  }
  const isWhole = ({ slots, hosts: others }: Awaited<ReturnType<typeof statusOf>>) => {
    const isOwn = slots.length === machinesPerHost && slots.every(({ status }) => status === "green");
    return isOwn && others.every(({ status }) => status === "heard");
  };
  for (const host of hosts) await untilStatus({ lab, host }, giveBackTimeoutMs, isWhole);
  for (const host of hosts) await expectNoDrift({ lab, host });
}

/** As `vigil plan` says it on the host. */
async function planOf(site: SiteCheckout, lab: string, host: string): Promise<Predicted> {
  return JSON.parse(await site.vigil("plan", host, "-o", "json", "--lab", lab));
}

/** Rejects unless just one of them has the address. */
async function holderOf(lab: Lab, hosts: readonly string[]): Promise<string> {
  const holds = await Promise.all(
    hosts.map(async (host) => (await statusOf({ lab, host })).slots.some(({ holdsVip }) => holdsVip === true)),
  );
  const holders = hosts.filter((_, index) => holds[index]);
  assert.equal(holders.length, 1, `the address is on ${holders.join(" and ") || "no balancer"}`);
  return holders[0] ?? "";
}

/** Nothing fails, the predicted balancer has the address, and as many workers answer as were predicted. */
async function expectLeft(lab: Lab, left: readonly string[], loss: Left | undefined, diary: Diary): Promise<void> {
  assert.ok(loss, "the plan says nothing of this loss");
  const heard = left.map((host) =>
    untilStatus({ lab, host }, minuteMs, ({ slots }) => {
      return host !== loss.nextHolder || slots.some(({ holdsVip }) => holdsVip === true);
    }),
  );
  await Promise.all(heard);
  assert.equal(await holderOf(lab, left), loss.nextHolder);
  const { vip } = (await requireOwner(lab)).site;
  const { failures, slow, spread } = await sendRequests(lab, vip, 100);
  const answered = [...spread].map(([slot, requests]) => `${slot} ${requests}`).sort();
  diary.diagnostic(`${left.join(" and ")}: ${loss.nextHolder} has the address; ${answered.join(", ")}; ${slow} slow`);
  assert.deepEqual(failures, []);
  assert.ok(spread.size >= loss.workers, `${spread.size} workers answer, and ${loss.workers} were predicted`);
  assert.ok([...spread.keys()].every((slot) => left.some((host) => slot.startsWith(`${host}/`))));
}

/** Each host that is left says so, and has come to rest: what it had to make has been made. */
async function expectLost(lab: Lab, left: readonly string[], lost: readonly string[], diary: Diary): Promise<void> {
  const statuses = left.map((host) =>
    untilStatus({ lab, host }, standInTimeoutMs, ({ slots, hosts }) => {
      const isSaid = lost.every((name) => hosts.some((one) => one.host === name && one.status === "lost"));
      const standIns = slots.filter(({ standsInFor }) => standsInFor !== undefined);
      return isSaid && standIns.length >= shareOf(host, left, lost) && slots.every(({ status }) => status === "green");
    }),
  );
  for (const { host, slots, hosts } of await Promise.all(statuses)) {
    const standIns = slots.flatMap(({ slot, standsInFor }) => (standsInFor ? [`${slot} for ${standsInFor}`] : []));
    diary.diagnostic(`${host} has made: ${standIns.join(", ") || "nothing"}`);
    for (const { host: other, sentence, done } of hosts)
      diary.diagnostic(`${host} says of ${other}: ${sentence}; ${done}`);
  }
}

/** Each lost host had one worker, and the first by name of those that are left makes it. */
function shareOf(host: string, left: readonly string[], lost: readonly string[]): number {
  return left.toSorted()[0] === host ? lost.length : 0;
}
