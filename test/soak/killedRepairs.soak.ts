/** A repair is killed at ten points of its life: its healer, its engine, or everything at once. Needs the lab `soak`. */
import { test } from "node:test";
import { beginAnew } from "../../lab/healers.ts";
import { labNamed } from "../../lab/lab.ts";
import { killedRepair, victims } from "../scenarios/interrupted.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { type Lanes, sideBySide } from "../support/lanes.ts";
import { tellStolenTime } from "../support/tellStolenTime.ts";

const lab = labNamed("soak");
const minuteMs = 60_000;
/** From the first preparations to the boot of the rebuilt machine, where guests are emulated. */
const pointsMs = [0, 250, 500, 1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 16_000];

const kills = victims.flatMap((victim) => pointsMs.map((afterMs) => killedRepair(victim, afterMs)));
const lanes: Lanes<Scenario> = [
  [{ lab, host: "bk" }, kills.filter((_, index) => index % 2 === 0)],
  [{ lab, host: "mb" }, kills.filter((_, index) => index % 2 === 1)],
];

tellStolenTime();

test(
  "a repair that is killed at any point comes to its end, and leaves nothing",
  {
    timeout: 90 * minuteMs,
    concurrency: lanes.length,
  },
  (t) =>
    sideBySide(t, lanes, (t, place, { what, play }) =>
      t.test(`${place.host}: ${what}`, { timeout: 8 * minuteMs }, async (one) => {
        await beginAnew(place.lab, place.host, 3, 2 * minuteMs);
        await play(place, one);
      }),
    ),
);
