/** What passes by itself: the healer does nothing, and says why. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { allWell, healerOf, startHealer, stopHealer } from "../../lab/healers.ts";
import { inHost } from "../../lab/machine.ts";
import { signal } from "../../lab/processes.ts";
import { breakNow, type Diary, expectCalm, mendNow, type Place, untilHealed } from "../support/healing.ts";
import type { Scenario } from "./scenario.ts";

const minuteMs = 60_000;

export const stall: Scenario = {
  what: "a stall of three seconds is left alone",
  async play(place, diary) {
    const story = await expectCalm(place, () => breakFor(place, "freeze", 3_000, "web-2"), diary);
    assert.ok(
      story.some(({ slot, sentence }) => slot === "web-2" && /somebody may be debugging it/.test(sentence ?? "")),
      "it did not say why it waits",
    );
  },
};

export const stalledDisk: Scenario = {
  what: "a disk that stands still for five seconds is left alone",
  play: async (place, diary) => void (await expectCalm(place, () => breakFor(place, "stall-pool", 5_000), diary)),
};

export const starved: Scenario = {
  what: "a worker that gets none of its host's processors for half a minute is left alone",
  async play(place, diary) {
    const story = await expectCalm(place, () => breakFor(place, "starve", 30_000, "web-1"), diary);
    assert.ok(
      story.some(({ slot, cause }) => slot === "web-1" && cause === "machineStarved"),
      "it did not see why the worker was silent",
    );
  },
};

export const cutWorkers: Scenario = {
  what: "all workers cut off at once are left alone, and a person is told",
  async play(place, diary) {
    const story = await expectCalm(place, () => breakNow(place, "cut-workers"), diary).finally(() =>
      mendNow(place, "cut-workers"),
    );
    assert.ok(
      story.some(({ kind, sentence }) => kind === "page" && /most workers bad at once/.test(sentence ?? "")),
      "nobody was told",
    );
    await sleep(3_000);
  },
};

export const editedFile: Scenario = {
  what: "a managed file that was edited by hand is left alone, and a person is told",
  async play(place, diary) {
    const story = await expectCalm(place, () => breakNow(place, "edit-file", "lb-1"), diary).finally(() =>
      mendNow(place, "edit-file", "lb-1"),
    );
    assert.ok(
      story.some(({ kind, slot, cause }) => kind === "status" && slot === "lb-1" && cause === "filesChanged"),
      "the edit was not noticed",
    );
    await sleep(3_000);
  },
};

export const withoutLibvirtd: Scenario = {
  what: "libvirtd away for five seconds is left alone",
  play: async (place, diary) => void (await expectCalm(place, () => breakFor(place, "libvirtd", 5_000), diary)),
};

export const stoppedHealer: Scenario = {
  what: "a healer that was stopped for thirty seconds blames nobody",
  async play(place, diary) {
    const healer = await healerOf(place.lab, place.host);
    assert.ok(healer, "no healer runs");
    const story = await expectCalm(
      place,
      async () => {
        await signal(healer, "SIGSTOP");
        await sleep(30_000);
        await signal(healer, "SIGCONT");
      },
      diary,
    );
    assert.ok(
      story.some(({ kind }) => kind === "notListening"),
      "it did not say that it was not listening",
    );
  },
};

/** The wall clock alone jumps, as when somebody sets it; the clock that counts from the boot goes on. */
export const wrongClock: Scenario = {
  what: "a clock that jumps by an hour either way changes nothing, and repairs go on under it",
  async play(place, diary) {
    const { lab, host } = place;
    await stopHealer(lab, host);
    await setClock(place, "+0");
    await startHealer(lab, host, clockEnvironment);
    await allWell(lab, host, 3, 4 * minuteMs);
    for (const offset of ["+3600", "-3600"]) {
      await expectCalm(place, () => setClock(place, offset), diary);
    }
    await repairOne(place, diary);
    await stopHealer(lab, host);
    // The next one reads a journal that was written in the past.
    await startHealer(lab, host);
    await allWell(lab, host, 3, 4 * minuteMs);
  },
};

const clockFile = "/run/vigil-clock";

const clockEnvironment = {
  LD_PRELOAD: "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
  FAKETIME_TIMESTAMP_FILE: clockFile,
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
  FAKETIME_NO_CACHE: "1",
};

async function setClock({ lab, host }: Place, offsetSeconds: string): Promise<void> {
  await inHost(lab, host, ["sh", "-c", `echo ${offsetSeconds} >${clockFile}`]);
}

async function repairOne(place: Place, diary: Diary): Promise<void> {
  const healed = untilHealed(place, ["web-1"], diary);
  await breakNow(place, "destroy", "web-1");
  await healed;
}

async function breakFor(place: Place, fault: Parameters<typeof breakNow>[1], ms: number, slot = ""): Promise<void> {
  await breakNow(place, fault, slot);
  await sleep(ms);
  await mendNow(place, fault, slot);
}
