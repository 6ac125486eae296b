/** A host that is lost or drained, and what the other one makes of it. They are played with one worker on that host. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { journalsFromNow } from "../../bench/journals.ts";
import { isWell, standsBack, statusOf, untilStatus, workersOf } from "../../bench/statusOf.ts";
import { type Asked, type Asking, askOnAndOn } from "../../cli/demo/askOnAndOn.ts";
import { exitCodes } from "../../cli/exitCodes.ts";
import type { Status } from "../../healer/api/schemas.ts";
import { bridge } from "../../infra/facts.ts";
import type { FaultName } from "../../lab/faults.ts";
import { allWell, startHealer } from "../../lab/healers.ts";
import { inHost, inHostAny } from "../../lab/machine.ts";
import { requireOwner } from "../../lab/owner.ts";
import { breakNow, type Diary, expectCalm, expectNoDrift, mendNow, type Place } from "../support/healing.ts";
import { refused } from "../support/refused.ts";
import { otherHost } from "./peers.ts";
import type { Scenario } from "./scenario.ts";

const minuteMs = 60_000;
/** The limits are for slow cores. A minute until it counts as lost, an update, and a boot. */
const standInTimeoutMs = 6 * minuteMs;
/** Two boots side by side, beside the other host's guests and what stands in. */
const returnTimeoutMs = 8 * minuteMs;
/** Two minutes in which the host has to be well, and a removal with a check for drift after it. */
const giveBackTimeoutMs = 8 * minuteMs;

/**
 * Of the host that goes, while this is played. Two emulated cores do not always carry the three of a host that boots beside
 * three guests of the other one and two that stand in: all of them were seen to get a tenth of what they wanted, for minutes.
 */
export const workersOfOther = 1;

export const lostHost: Scenario = {
  what: "a host loses its power: the other one stands in for its workers, and gives them back when it has returned",
  timeoutMs: 30 * minuteMs,
  async play(place, diary) {
    const { lab } = place;
    const { there, before } = await setOut(place, diary);
    const other = there.host;
    try {
      await breakNow(there, "power");
      await until(place, standInTimeoutMs, diary, ({ slots }) => {
        const standIns = slots.filter(({ standsInFor }) => standsInFor === other);
        return standIns.length === workersOfOther && slots.every(({ status }) => status === "green");
      });
      await expectAnswers(place, diary);
      await expectNoDrift(place);
    } finally {
      await mendNow(there, "power");
    }
    await startHealer(lab, other);
    await allWell(lab, other, 1 + workersOfOther, returnTimeoutMs);
    await until(place, giveBackTimeoutMs, diary, (status) => workersOf(status).join() === before.join());
    await expectNoDrift(place);
    await expectNoDrift(there);
  },
};

/** About twenty requests. */
const askMs = 10_000;
/** Longer than a host that is silent needs to count as lost. */
const rebootMs = 75_000;

export const rebootedHost: Scenario = {
  what: "a host is drained, away for longer than it takes to count as lost, and returns: no request fails, nothing is made",
  timeoutMs: 20 * minuteMs,
  async play(place, diary) {
    const { lab } = place;
    const { there, before } = await setOut(place, diary);
    const other = there.host;
    const asking = await ask(place, diary);
    try {
      await wish(there, diary, "host", "drain", other, "--reason", "a planned reboot");
      const both = await inHostAny(lab, place.host, ["cli/vigil", "host", "drain", place.host]);
      assert.equal(both.code, exitCodes.notNow, both.stderr);
      await breakNow(there, "power");
      await sleep(rebootMs);
      const { slots, hosts } = await statusOf(place);
      assert.deepEqual([hosts.map(({ status }) => status), workersOf({ slots })], [["planned"], before]);
      await mendNow(there, "power");
      await startHealer(lab, other);
      await allWell(lab, other, 1 + workersOfOther, returnTimeoutMs);
      await wish(there, diary, "host", "return", other);
      await until(place, minuteMs, diary, ({ hosts }) => hosts.every(({ status }) => status === "heard"));
    } finally {
      await asking.stop();
      await mendNow(there, "power");
    }
    expectNoneRefused(asking.asked, diary);
    for (const each of [place, there]) await expectNoDrift(each);
  },
};

/** Twice, and the requests between, are less than a host that is silent needs to count as lost. */
const knownTimeoutMs = 22_000;

export const cutOffHost: Scenario = {
  what: "a host's cable is cut: its balancer stands back and returns as a backup, nothing is repaired, and the other side serves",
  timeoutMs: 6 * minuteMs,
  async play(place, diary) {
    const { there } = await setOut(place, diary);
    const notedSince = await journalsFromNow({ lab: place.lab, hosts: [place.host, there.host] });
    try {
      await breakNow(there, "port");
      await until(there, knownTimeoutMs, diary, ({ slots }) => slots.some(standsBack));
      await until(place, knownTimeoutMs, diary, ({ slots }) => slots.some(({ holdsVip }) => holdsVip === true));
      await expectAnswers(place, diary);
    } finally {
      await mendNow(there, "port");
    }
    for (const each of [place, there]) await until(each, minuteMs, diary, isWell);
    const { slots } = await statusOf(there);
    assert.ok(!slots.some(({ holdsVip }) => holdsVip), "the balancer that was cut off has taken the address");
    const repairs = (await notedSince()).filter(({ kind }) => kind === "repairBegun");
    assert.deepEqual(repairs, [], "something was repaired, and nothing was broken");
    for (const each of [place, there]) await expectNoDrift(each);
  },
};

export const secondHolder: Scenario = {
  what: "two balancers that do not hear each other both have the address: they are named, nothing is repaired, and one yields",
  timeoutMs: 6 * minuteMs,
  async play(place, diary) {
    const { there } = await setOut(place, diary);
    const names = [place, there].map(({ host }) => `${host}/lb-1`).sort();
    await expectTold(place, there, "lost-adverts", `the service's address has 2 holders: ${names.join(", ")}`, diary);
  },
};

export const foreignHolder: Scenario = {
  what: "a machine that is no balancer takes the address: it is named by its hardware address, and nothing is fenced for it",
  timeoutMs: 6 * minuteMs,
  async play(place, diary) {
    const { there } = await setOut(place, diary);
    const mac = (await inHost(place.lab, there.host, ["cat", `/sys/class/net/${bridge}/address`])).trim();
    await expectTold(place, there, "take-vip", `the service's address is taken by a foreign device: ${mac}`, diary);
  },
};

/** Linux believes an answer to ARP for half a minute and asks again; until then it may send to who has the address no longer. */
const forgetTimeoutMs = minuteMs;

/** Breaks the other host, and asserts that a person is told so, that neither host repairs anything, and that all is as before. */
async function expectTold(place: Place, there: Place, fault: FaultName, begin: string, diary: Diary): Promise<void> {
  const notedSince = await journalsFromNow({ lab: place.lab, hosts: [there.host] });
  const story = await expectCalm(place, () => breakNow(there, fault), diary).finally(() => mendNow(there, fault));
  const pages = story.flatMap(({ kind, sentence = "" }) => (kind === "page" ? [sentence] : []));
  assert.ok(
    pages.some((page) => page.startsWith(begin)),
    `nobody was told: ${begin} ...; told was: ${pages.join("; ")}`,
  );
  const both = [place, there];
  for (const each of both) await until(each, minuteMs, diary, (status) => isWell(status) && status.pages.length === 0);
  const slots = (await Promise.all(both.map(statusOf))).flatMap((status) => status.slots);
  assert.equal(slots.filter(({ holdsVip }) => holdsVip).length, 1, "balancers that have the address");
  const asking = await ask(place, diary);
  const deadlineMs = performance.now() + forgetTimeoutMs;
  while (!asking.asked.at(-1)?.ok && performance.now() < deadlineMs) await sleep(1_000);
  await asking.stop();
  assert.ok(asking.asked.at(-1)?.ok, "the service does not answer any more");
  const repairs = (await notedSince()).filter(({ kind }) => kind === "repairBegun");
  assert.deepEqual(repairs, [], "something was repaired, and nothing was broken");
  for (const each of both) await expectNoDrift(each);
}

async function wish({ lab, host }: Place, diary: Diary, ...words: readonly string[]): Promise<void> {
  const said = await inHost(lab, host, ["cli/vigil", ...words]);
  diary.diagnostic(said.trim());
}

/** The other host is well under its healer, and nothing stands in for it any more; `before`: the workers that there are here. */
async function setOut(place: Place, diary: Diary): Promise<{ there: Place; before: readonly string[] }> {
  const { lab } = place;
  const there = { lab, host: await otherHost(place) };
  await startHealer(lab, there.host);
  await allWell(lab, there.host, 1 + workersOfOther, returnTimeoutMs);
  await until(place, giveBackTimeoutMs, diary, ({ slots }) =>
    slots.every(({ standsInFor }) => standsInFor === undefined),
  );
  return { there, before: workersOf(await statusOf(place)) };
}

async function expectAnswers(place: Place, diary: Diary): Promise<void> {
  const asking = await ask(place, diary);
  await sleep(askMs);
  await asking.stop();
  expectNoneRefused(asking.asked, diary);
}

async function ask({ lab }: Place, diary: Diary): Promise<Asking> {
  const { vip } = (await requireOwner(lab)).site;
  return askOnAndOn(lab, `http://${vip}/random/number`, (sentence) => diary.diagnostic(sentence));
}

function expectNoneRefused(asked: readonly Asked[], diary: Diary): void {
  diary.diagnostic(`${asked.length} requests, ${asked.filter(({ ok }) => !ok).length} of them lost or late`);
  assert.ok(asked.length > 0, "nobody asked meanwhile");
  assert.deepEqual(refused(asked), [], "requests were refused, cut or answered with an error");
}

/** Tells each new sentence about the other host. */
async function until(place: Place, timeoutMs: number, diary: Diary, isSo: (status: Status) => boolean): Promise<void> {
  const told = new Set<string>();
  await untilStatus(place, timeoutMs, (status) => {
    for (const { host, sentence, done } of status.hosts) {
      const line = `${host}: ${sentence}; ${done}`;
      if (!told.has(line)) diary.diagnostic(line);
      told.add(line);
    }
    return isSo(status);
  });
}
