/** Several machines of a host at once. */
import assert from "node:assert/strict";
import { processOf } from "../../bench/rig.ts";
import { signal } from "../../lab/processes.ts";
import { breakNow, repairsIn, untilHealed } from "../support/healing.ts";
import type { Scenario } from "./scenario.ts";

const slots = ["lb-1", "web-1", "web-2"];

export const dieTogether: Scenario = {
  what: "three machines that die at once are one batch",
  async play(place, diary) {
    const { lab, host } = place;
    // All are found before the first one dies: on a busy machine that takes longer than a batch waits.
    const machines = await Promise.all(slots.map((domain) => processOf({ lab }, { host, domain })));
    const healed = untilHealed(place, slots, diary);
    await Promise.all(machines.map((qemu) => signal(qemu, "SIGKILL")));
    assert.deepEqual(repairsIn(await healed), [slots.map((slot) => `replace ${slot}`)]);
  },
};

export const emptyBridge: Scenario = {
  what: "a bridge that lost all its ports gets them back, and no machine is touched",
  async play(place, diary) {
    const healed = untilHealed(place, slots, diary);
    await breakNow(place, "empty-bridge");
    const repairs = repairsIn(await healed).flat();
    assert.deepEqual(
      repairs.sort(),
      slots.map((slot) => `reattach ${slot}`),
    );
  },
};
