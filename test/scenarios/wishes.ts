/** What persons wish of a healer: it is done with nothing left over, or refused with nothing done. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { awaitHealthyPair, type Machine, openRig } from "../../bench/rig.ts";
import { statusOf, workersOf } from "../../bench/statusOf.ts";
import { askOnAndOn } from "../../cli/demo/askOnAndOn.ts";
import { followJournal, type Noted } from "../../cli/demo/followJournal.ts";
import { sendRequests } from "../../cli/demo/sendRequests.ts";
import { exitCodes } from "../../cli/exitCodes.ts";
import { statusSchema } from "../../healer/api/schemas.ts";
import type { Finished } from "../../host/run.ts";
import { hostFolders } from "../../infra/paths.ts";
import { allWell } from "../../lab/healers.ts";
import { inHost, inHostAny } from "../../lab/machine.ts";
import { requireOwner } from "../../lab/owner.ts";
import { signal } from "../../lab/processes.ts";
import { type Diary, expectNoDrift, type Place } from "../support/healing.ts";
import { refused } from "../support/refused.ts";
import { enginesOf, expectNothingLeft } from "./interrupted.ts";
import type { Scenario } from "./scenario.ts";

const minuteMs = 60_000;
const slowMs = 1_000;
/** A balancer asks its workers several times a second; emulated ones are slow to be found well. */
const foundTimeoutMs = 30_000;

export const scaleUpAndDown: Scenario = {
  what: "a host is scaled to 3 workers and back to 2, and asked for 40 in between, which changes nothing",
  async play(place) {
    await scaleTo(place, 3);
    await untilAnswers(place, "web-3", true);
    const before = await statusOf(place);
    const full = await vigil(place, "scale", place.host, "40");
    assert.equal(full.code, exitCodes.noRoom, full.stderr);
    const after = await statusOf(place);
    assert.deepEqual([after.scale, workersOf(after)], [before.scale, workersOf(before)]);
    await scaleTo(place, 2);
    await untilAnswers(place, "web-3", false);
    await expectNoDrift(place);
  },
};

export const cutShortScale: Scenario = {
  what: "the engine is killed while it makes a third worker: the host is left with two, and with nothing of a third",
  async play(place, diary) {
    const { lab, host } = place;
    const making = followJournal(lab, host, 4 * minuteMs, hasThirdDisk);
    const scaling = vigil(place, "scale", host, "3");
    assert.ok((await making).some(hasThirdDisk), "no third worker was begun");
    const settled = untilSettled(place, diary);
    for (const id of await enginesOf(place)) await signal(id, "SIGKILL");
    const { code, stderr } = await scaling;
    assert.equal(code, exitCodes.failed, stderr);
    await settled;
    await allWell(lab, host, 3, 4 * minuteMs);
    assert.deepEqual(workersOf(await statusOf(place)), ["web-1", "web-2"]);
    await expectNothingLeft(place);
    const volumes = await inHost(lab, host, ["ls", "-A", hostFolders.poolDir]);
    assert.match(volumes, /web-2/);
    assert.doesNotMatch(volumes, /web-3/);
  },
};

export const drainAndUndrain: Scenario = {
  what: "a drained worker answers nobody, the last one is not drained, and the first comes back",
  async play(place) {
    const { lab, host } = place;
    try {
      const drained = await vigil(place, "drain", host, "web-1");
      assert.equal(drained.code, exitCodes.ok, drained.stderr);
      const { spread } = await sendRequests(lab, await vipOf(place), 40);
      assert.ok(spread.has(`${host}/web-2`), "the other worker of the host answers nobody");
      assert.equal(spread.get(`${host}/web-1`), undefined);
      const last = await vigil(place, "drain", host, "web-2");
      assert.equal(last.code, exitCodes.notNow, last.stderr);
      assert.match(last.stderr, /last worker of this host/);
    } finally {
      const back = await vigil(place, "undrain", host, "web-1");
      assert.equal(back.code, exitCodes.ok, back.stderr);
    }
    await untilAnswers(place, "web-1", true);
    await expectNoDrift(place);
  },
};

export const replaceHolder: Scenario = {
  what: "the balancer that holds the address is replaced: no request is refused, and the other host's balancer has it then",
  async play(place, diary) {
    const { lab, host } = place;
    await giveAddressTo(place);
    const asking = askOnAndOn(lab, `http://${await vipOf(place)}/random/number`, (sentence) =>
      diary.diagnostic(sentence),
    );
    const replaced = await vigil(place, "replace", host, "lb-1").finally(() => asking.stop());
    assert.equal(replaced.code, exitCodes.ok, replaced.stderr);
    const { asked } = asking;
    const slow = asked.filter(({ ok, tookMs }) => ok && tookMs > slowMs).length;
    diary.diagnostic(`${replaced.stdout.trim()}; ${asked.length} requests, ${slow} over ${slowMs} ms`);
    assert.ok(asked.length > 0, "nobody asked meanwhile");
    assert.deepEqual(refused(asked), [], "requests were refused, cut or answered with an error");
    assert.notEqual((await holderIn(place)).host, host);
    await expectNoDrift(place);
  },
};

export const moveThereAndBack: Scenario = {
  what: "the address is moved to the other host's balancer and back, and only from the host that has it",
  async play(place) {
    await giveAddressTo(place);
    await moveFrom(place);
    const other = { ...place, host: (await holderIn(place)).host };
    assert.notEqual(other.host, place.host);
    const again = await vigil(place, "vip", "move", place.host);
    assert.equal(again.code, exitCodes.notNow, again.stderr);
    await moveFrom(other);
    assert.equal((await holderIn(place)).host, place.host);
    for (const each of [place, other]) await expectNoDrift(each);
  },
};

function vigil({ lab, host }: Place, ...args: string[]): Promise<Finished> {
  return inHostAny(lab, host, ["cli/vigil", ...args]);
}

/** Asserts that the status with which it ends is the one that was asked for: so many workers, all of them well, and no drift. */
export async function scaleTo(place: Place, workers: number): Promise<void> {
  const { code, stdout, stderr } = await vigil(place, "scale", place.host, `${workers}`, "-o", "json");
  assert.equal(code, exitCodes.ok, stderr);
  const status = statusSchema.parse(JSON.parse(stdout));
  assert.equal(workersOf(status).length, workers);
  assert.deepEqual([status.scale?.outcome, status.scale?.workers, status.drift.verdict], ["done", workers, "none"]);
  const notGreen = status.slots.filter((slot) => slot.status !== "green").map(({ slot, sentence }) => [slot, sentence]);
  assert.deepEqual(notGreen, []);
}

/** Waits until a worker is among those that answer through the address, or is not. */
async function untilAnswers(place: Place, slot: string, wanted: boolean): Promise<void> {
  const vip = await vipOf(place);
  const deadlineMs = performance.now() + foundTimeoutMs;
  for (;;) {
    const { spread } = await sendRequests(place.lab, vip, 30);
    if (spread.has(`${place.host}/${slot}`) === wanted) return;
    const answering = [...spread.keys()].join(", ");
    assert.ok(performance.now() < deadlineMs, `${slot} is ${wanted ? "not " : ""}among ${answering}`);
    await sleep(500);
  }
}

async function vipOf({ lab }: Place): Promise<string> {
  return (await requireOwner(lab)).site.vip;
}

/** Whether a volume of the third worker has been made, and its machine not yet. */
function hasThirdDisk(noted: Noted): boolean {
  const { resource, phase } = noted as unknown as { resource: string; phase: string };
  return noted.kind === "progress" && phase === "done" && resource === "volume web-3-disk";
}

/** What was cut short has been brought to an end, and drift was looked for after that. */
async function untilSettled({ lab, host }: Place, diary: Diary): Promise<void> {
  let isSettled = false;
  const story = await followJournal(lab, host, 5 * minuteMs, (noted) => {
    const { outcome } = noted as unknown as { outcome?: string };
    isSettled ||= noted.kind === "scaleSettled" && outcome === "ok";
    return isSettled && noted.kind === "drift";
  });
  for (const { kind, sentence } of story) if (sentence !== undefined) diary.diagnostic(`${kind}: ${sentence}`);
  assert.ok(isSettled, "it was not brought to an end");
}

/** Waits until both balancers could hold the address. */
async function holderIn({ lab }: Place): Promise<Machine> {
  const rig = await openRig(lab);
  return awaitHealthyPair(rig, rig.product);
}

async function giveAddressTo(place: Place): Promise<void> {
  const { host } = await holderIn(place);
  if (host === place.host) return;
  await moveFrom({ ...place, host });
  assert.equal((await holderIn(place)).host, place.host);
}

async function moveFrom(place: Place): Promise<void> {
  const { code, stderr } = await vigil(place, "vip", "move", place.host);
  assert.equal(code, exitCodes.ok, stderr);
}
