/** A host comes and goes: what stands in for it is made at most twice, and given back once. Needs the lab `soak`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { journalsFromNow } from "../../bench/journals.ts";
import { statusOf, untilStatus, workersOf } from "../../bench/statusOf.ts";
import { limitsFor } from "../../healer/core/limits.ts";
import { beginAnew } from "../../lab/healers.ts";
import { labNamed } from "../../lab/lab.ts";
import { workersOfOther } from "../scenarios/hosts.ts";
import { scaleTo } from "../scenarios/wishes.ts";
import { breakNow, expectNoDrift, mendNow } from "../support/healing.ts";
import { tellStolenTime } from "../support/tellStolenTime.ts";

const lab = labNamed("soak");
const [here, there] = [
  { lab, host: "bk" },
  { lab, host: "mb" },
];
const minuteMs = 60_000;
const flaps = 10;
/** Longer than a host that is silent needs to count as lost. */
const goneMs = 80_000;
const backMs = 40_000;
/** The two minutes in which a host has to be well double with each return within an hour, up to an hour. */
const giveBackTimeoutMs = limitsFor.tcg.maxHostGreenMs + 10 * minuteMs;

tellStolenTime();

test(`a host goes ${flaps} times in 20 minutes`, { timeout: 110 * minuteMs }, async (t) => {
  for (const { host } of [here, there]) await beginAnew(lab, host, 3, 4 * minuteMs);
  await scaleTo(there, workersOfOther);
  const before = workersOf(await statusOf(here));
  const notedSince = await journalsFromNow({ lab, hosts: [here.host] });
  try {
    for (let flap = 0; flap < flaps; flap++) {
      await breakNow(there, "port");
      await sleep(goneMs);
      await mendNow(there, "port");
      await sleep(backMs);
    }
  } finally {
    await mendNow(there, "port");
  }
  await untilStatus(here, giveBackTimeoutMs, (status) => workersOf(status).join() === before.join());
  const scalings = (await notedSince()).filter(({ kind }) => kind === "scaleBegun");
  for (const { at, by, workers } of scalings) t.diagnostic(`${at}: ${workers} workers, by ${by}`);
  const isGivingBack = ({ leaving }: (typeof scalings)[number]) => (leaving as readonly string[]).length > 0;
  const made = scalings.filter((scaling) => !isGivingBack(scaling)).length;
  const givenBack = scalings.filter(isGivingBack).length;
  assert.ok(made >= 1 && made <= 2, `stand-ins were made ${made} times`);
  // All of them in one go, and not again after each flap.
  assert.equal(givenBack, workersOfOther, "stand-ins that were removed");
  for (const place of [here, there]) await expectNoDrift(place);
});
