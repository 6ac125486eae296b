/** A repair is killed at ten points of its life: its healer, its engine, or everything at once. Needs the lab `soak`. */
import { beforeEach, test } from "node:test";
import { allWell, forgetThePast } from "../../lab/healers.ts";
import { labNamed } from "../../lab/lab.ts";
import { killedRepair, victims } from "../scenarios/interrupted.ts";
import type { Place } from "../support/healing.ts";

const minuteMs = 60_000;
const place: Place = { lab: labNamed("soak"), host: "bk" };
/** From the first preparations to the boot of the rebuilt machine, where guests are emulated. */
const pointsMs = [0, 250, 500, 1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 16_000];

beforeEach(
  async () => {
    // So many repairs of one machine spend its budget, as they should.
    await forgetThePast(place.lab, place.host);
    await allWell(place.lab, place.host, 3, 2 * minuteMs);
  },
  { timeout: 3 * minuteMs },
);

for (const victim of victims) {
  for (const pointMs of pointsMs) {
    const { what, play } = killedRepair(victim, pointMs);
    test(what, { timeout: 6 * minuteMs }, (t) => play(place, t));
  }
}
