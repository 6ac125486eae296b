/**
 * Every fault that the lab can bring about, under the eyes of the healers: each gets its own cause, the least repair, and
 * leaves no drift; what would pass by itself is left alone; and what persons wish is done or refused. The two hosts take
 * turns: each has time to come to rest while the other is broken.
 */
import { after, before, type TestContext, test } from "node:test";
import { checkout } from "../../cli/place.ts";
import { run } from "../../host/run.ts";
import { allWell, beginAnew, startHealer } from "../../lab/healers.ts";
import { labNamed } from "../../lab/lab.ts";
import { cutOffHost, foreignHolder, lostHost, rebootedHost, secondHolder, workersOfOther } from "../scenarios/hosts.ts";
import { expectNothingLeft, hungHealer, killedRepair, powerCut } from "../scenarios/interrupted.ts";
import {
  cutWorkers,
  editedFile,
  stall,
  stalledDisk,
  starved,
  stoppedHealer,
  withoutLibvirtd,
  wrongClock,
} from "../scenarios/passing.ts";
import { silentPeer } from "../scenarios/peers.ts";
import { nobodyWatches, personHoldsTheStack, wrongStackFile } from "../scenarios/persons.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { fullPool, fullState } from "../scenarios/space.ts";
import { dieTogether, emptyBridge } from "../scenarios/together.ts";
import {
  cutShortScale,
  drainAndUndrain,
  moveThereAndBack,
  replaceHolder,
  scaleTo,
  scaleUpAndDown,
} from "../scenarios/wishes.ts";
import { breakAndHeal, onceMoreIfSlow, type Place, type Row } from "../support/healing.ts";
import { type Lanes, takeTurns } from "../support/lanes.ts";
import { tellStolenTime } from "../support/tellStolenTime.ts";
import { isLate } from "../support/timeLimit.ts";

const lab = labNamed("test");
const bk: Place = { lab, host: "bk" };
const mb: Place = { lab, host: "mb" };
const minuteMs = 60_000;

const rows: Lanes<Row> = [
  [
    bk,
    [
      { fault: "kill", slot: "web-1", cause: "machineCrashed", repair: "replace" },
      { fault: "stop-service", slot: "web-2", cause: "serviceDead", repair: "restartService" },
      { fault: "pause", slot: "web-1", cause: "machinePaused", repair: "resume" },
      { fault: "freeze", slot: "web-2", cause: "machineFrozen", repair: "powerCycle" },
      { fault: "undefine", slot: "web-1", cause: "domainUndefined", repair: "replace" },
      { fault: "detach", slot: "web-2", cause: "machineDetached", repair: "reattach" },
      { fault: "panic", slot: "web-1", cause: "machinePanicked", repair: "powerCycle" },
      { fault: "mute-guest", slot: "web-2", cause: "machineUnreachable", repair: "reset" },
      { fault: "kill", slot: "lb-1", cause: "machineCrashed", repair: "replace" },
    ],
  ],
  [
    mb,
    [
      { fault: "destroy", slot: "web-1", cause: "machineStopped", repair: "start" },
      { fault: "hang-service", slot: "web-2", cause: "serviceHung", repair: "restartService" },
      { fault: "stop-agent", slot: "web-1", cause: "agentDead", repair: "restartAgent" },
      { fault: "delete-volume", slot: "web-2", cause: "diskMissing", repair: "replace" },
      { fault: "stop-keepalived", slot: "lb-1", cause: "keepalivedDead", repair: "restartKeepalived" },
      { fault: "stop-service", slot: "lb-1", cause: "serviceDead", repair: "restartService" },
      { fault: "hang-service", slot: "lb-1", cause: "serviceHung", repair: "restartService" },
      { fault: "fill-guest", slot: "web-1", cause: "guestDiskFull", repair: "replace" },
      { fault: "hang-guest", slot: "web-2", cause: "machineHung", repair: "reset" },
      { fault: "freeze", slot: "lb-1", cause: "balancerFrozen", repair: "powerCycle" },
    ],
  ],
];

const scenarios: Lanes<Scenario> = [
  [
    bk,
    [
      stall,
      dieTogether,
      cutWorkers,
      fullPool,
      withoutLibvirtd,
      nobodyWatches,
      emptyBridge,
      hungHealer,
      killedRepair("engine", 3_000),
      silentPeer,
    ],
  ],
  [
    mb,
    [
      killedRepair("healer", 5_000),
      stoppedHealer,
      wrongStackFile,
      stalledDisk,
      starved,
      personHoldsTheStack,
      editedFile,
      fullState,
      wrongClock,
      powerCut,
    ],
  ],
];

/** What moves the address is on one host's list: it takes both balancers. */
const wishes: Lanes<Scenario> = [
  [bk, [scaleUpAndDown, cutShortScale]],
  [mb, [drainAndUndrain, replaceHolder, moveThereAndBack]],
];

tellStolenTime();

before(
  async () => {
    await run([`${checkout}/cli/vigil`, "demo", "--no-faults", "--lab", lab.name], { timeoutMs: 10 * minuteMs });
    for (const { host } of [bk, mb]) await startHealer(lab, host);
    for (const { host } of [bk, mb]) await allWell(lab, host, 3, 4 * minuteMs);
  },
  { timeout: 16 * minuteMs },
);

after(async () => {
  await run([`${checkout}/cli/vigil`, "lab", "down", "--force", "--lab", lab.name]);
});

test("every fault is named, repaired by the least that helps, and leaves no drift", {
  timeout: 50 * minuteMs,
}, async (t) => {
  await takeTurns(t, rows, (t, place, row) =>
    t.test(`${place.host}/${row.slot}: ${row.fault}`, { timeout: 10 * minuteMs }, (one) =>
      onceMoreIfSlow(place, one, () => breakAndHeal(place, row, one)),
    ),
  );
});

test("what a person wishes is done with nothing left over, or refused with nothing done", {
  timeout: 40 * minuteMs,
}, async (t) => {
  await takeTurns(t, wishes, playAnew);
});

test("a host that is lost is stood in for; one that is cut off or goes on purpose is not, nor an address that others take", {
  timeout: 90 * minuteMs,
}, async (t) => {
  const late = isLate("scenarios");
  if (late) return t.skip(late);
  try {
    await scaleTo(mb, workersOfOther);
    await beginAnew(lab, mb.host, 1 + workersOfOther, 4 * minuteMs);
    for (const scenario of [cutOffHost, secondHolder, foreignHolder, lostHost, rebootedHost])
      await playAnew(t, bk, scenario);
  } finally {
    await beginAnew(lab, mb.host, 1 + workersOfOther, 8 * minuteMs);
    await scaleTo(mb, 2);
  }
});

test("what passes is left alone, and what comes between a fault and its repair does not stop it", {
  timeout: 50 * minuteMs,
}, async (t) => {
  await takeTurns(t, scenarios, playAnew);
});

test("in the end the engine finds no drift, and no repair has left anything", { timeout: 3 * minuteMs }, async () => {
  for (const place of [bk, mb]) await expectNothingLeft(place);
});

function playAnew(
  t: TestContext,
  place: Place,
  { what, play, timeoutMs: timeout = 12 * minuteMs }: Scenario,
): Promise<void> {
  return t.test(`${place.host}: ${what}`, { timeout, skip: isLate("scenarios") }, async (one) => {
    await onceMoreIfSlow(place, one, async () => {
      await beginAnew(place.lab, place.host, 3, 4 * minuteMs);
      await play(place, one);
    });
  });
}
