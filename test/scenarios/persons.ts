/** What persons do to a stack while its machines die. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { previewOf } from "../../bench/previewOf.ts";
import { followJournal } from "../../cli/demo/followJournal.ts";
import { allWell, startHealer, stopHealer } from "../../lab/healers.ts";
import { inHost, onHost } from "../../lab/machine.ts";
import { breakNow, expectNoDrift, locksOf, type Place, untilHealed } from "../support/healing.ts";
import type { Scenario } from "./scenario.ts";

const minuteMs = 60_000;

export const nobodyWatches: Scenario = {
  what: "what dies while no healer runs is drift, until a healer is started",
  async play(place, diary) {
    const { lab, host } = place;
    await stopHealer(lab, host);
    await breakNow(place, "kill", "web-1");
    const red = await previewOf(place);
    assert.notEqual(red.code, 0, "the engine did not notice that a machine is dead");
    diary.diagnostic(red.stdout.trim());
    await startHealer(lab, host);
    await allWell(lab, host, 3, 3 * minuteMs);
    await expectNoDrift(place);
  },
};

export const wrongStackFile: Scenario = {
  what: "a stack file that is wrong does not stop a repair",
  async play(place, diary) {
    const { lab, host } = place;
    const file = `Pulumi.${host}.yaml`;
    await inHost(lab, host, ["cp", file, "/tmp/good.yaml"]);
    await inHost(lab, host, ["sh", "-c", `echo 'config: [' >${file}`]);
    try {
      const healed = untilHealed(place, ["web-1"], diary);
      await breakNow(place, "kill", "web-1");
      await healed;
    } finally {
      await inHost(lab, host, ["cp", "/tmp/good.yaml", file]);
    }
  },
};

/** `pulumi up` holds the stack while it asks whether to go on: it asks at a terminal, and if there is a change to make. */
export const personHoldsTheStack: Scenario = {
  what: "a person's update is waited for, then the repair is done",
  async play(place, diary) {
    const { lab, host } = place;
    await setWorkers(place, 3);
    const { argv, env } = await onHost(lab, host, ["script", "-qfec", `pulumi up --stack ${host}`, "/dev/null"]);
    const person = spawn(argv[0] ?? "", argv.slice(1), { env, stdio: ["pipe", "ignore", "ignore"] });
    const ended = new Promise<void>((resolve) => person.once("close", () => resolve()));
    for (let tries = 0; (await locksOf(place)).length === 0; tries += 1) {
      assert.ok(tries < 600, "the person's update does not hold the stack");
      await sleep(100);
    }
    const healed = untilHealed(place, ["web-1"], diary);
    const paged = followJournal(lab, host, minuteMs, ({ kind }) => kind === "page");
    await breakNow(place, "kill", "web-1");
    const page = (await paged).at(-1);
    assert.match(page?.sentence ?? "", /the stack is held by/);
    const interrupt = "\u0003";
    person.stdin.end(interrupt);
    await ended;
    await healed;
    await setWorkers(place, 2);
    const domains = await inHost(lab, host, ["virsh", "list", "--all", "--name"]);
    assert.doesNotMatch(domains, /web-3/, "a repair has deployed what nobody had applied");
  },
};

async function setWorkers({ lab, host }: Place, count: number): Promise<void> {
  await inHost(lab, host, ["pulumi", "config", "set", "--stack", host, "vigil:workers", `${count}`]);
}
