/** File systems of the host that are full: nothing is deleted that could not be made again, and a person is told. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { followJournal, type Noted } from "../../cli/demo/followJournal.ts";
import { inGuest } from "../../lab/inGuest.ts";
import { virsh } from "../../lab/virtualHost.ts";
import { breakNow, mendNow, type Place, repairsIn, untilHealed } from "../support/healing.ts";
import type { Scenario } from "./scenario.ts";

const minuteMs = 60_000;
/** The free space is looked at every few seconds. */
const noticedMs = 15_000;

export const fullPool: Scenario = {
  what: "a full pool: a guest that cannot write is paused, a dead one is not deleted; with space again both come back",
  async play(place, diary) {
    const { lab, host } = place;
    const paged = followJournal(lab, host, noticedMs, isPage("poolFull"));
    await breakNow(place, "fill-pool");
    assert.match((await paged).at(-1)?.sentence ?? "", /no space for an overlay/);

    const healed = untilHealed(place, ["web-1", "web-2"], diary);
    const stalled = followJournal(
      lab,
      host,
      minuteMs,
      ({ cause, status }) => cause === "machineStalled" && status === "red",
    );
    await inGuest(lab, host, "web-1", "dd if=/dev/urandom of=/written bs=1M count=32; sync; rm -f /written");
    assert.match((await stalled).at(-1)?.sentence ?? "", /paused by its disk/);
    const refused = followJournal(lab, host, noticedMs, ({ slot, status }) => slot === "web-2" && status === "red");
    await breakNow(place, "kill", "web-2");
    await refused;
    await sleep(5_000);
    assert.match(await listed(place), /web-2/, "the dead machine was deleted");
    await mendNow(place, "fill-pool");
    // The balancer's own log may have met the full pool, too.
    const repairs = repairsIn(await healed).flat();
    assert.deepEqual(repairs.filter((repair) => repair !== "resume lb-1").sort(), ["replace web-2", "resume web-1"]);
  },
};

export const fullState: Scenario = {
  what: "no space for state and journal: nothing is deleted, a person is told, and the repair is done when there is space",
  async play(place, diary) {
    const { lab, host } = place;
    const paged = followJournal(lab, host, noticedMs, isPage("stateFull"));
    await breakNow(place, "fill-state");
    assert.match((await paged).at(-1)?.sentence ?? "", /no space for state/);
    const healed = untilHealed(place, ["web-1"], diary);
    await breakNow(place, "kill", "web-1");
    await sleep(5_000);
    assert.match(await listed(place), /web-1/, "the dead machine was deleted");
    await mendNow(place, "fill-state");
    assert.deepEqual(repairsIn(await healed), [["replace web-1"]]);
  },
};

function isPage(topic: string): (noted: Noted) => boolean {
  return (noted) => noted.kind === "page" && (noted as unknown as { topic: string }).topic === topic;
}

async function listed({ lab, host }: Place): Promise<string> {
  return (await virsh(lab, host, ["list", "--all", "--name"])).stdout;
}
