import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import { followScale } from "./followScale.ts";
import { HealerError } from "./healerError.ts";

const times = { pollMs: 1, longestMs: 10_000, silentMs: 10_000, repeatMs: 10_000 };
const worker = (slot: string, status = "green") => ({ slot, role: "worker", status, sentence: "it is booting" });
const scale = { id: 7, workers: 3, by: "anna", begunAt: "2026-11-21T14:02:11.000Z", outcome: "underWay" };
const unknownDrift = { verdict: "unknown", sentence: "no drift check yet" };
const two = { scale, what: "", slots: [worker("web-1"), worker("web-2")], drift: { verdict: "none", sentence: "" } };
const three = {
  ...two,
  what: "all 4 machines beat and serve",
  scale: { ...scale, outcome: "done" },
  slots: [...two.slots, worker("web-3")],
};

/** Answers with these one after the other, and with the last one for ever. */
function healerWith(...answers: readonly (object | Error)[]) {
  let asked = 0;
  return {
    async ask<Schema extends z.ZodType>(): Promise<z.infer<Schema>> {
      const answer = answers[Math.min(asked++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer as z.infer<Schema>;
    },
  };
}

test("it ends when the workers are there and green and drift was looked for, over the healer's new beginning", async () => {
  const silent = new HealerError("ERR_NO_HEALER", "it does not listen yet");
  const booting = { ...three, slots: [...two.slots, worker("web-3", "unknown")] };
  const unchecked = { ...three, drift: unknownDrift };
  const lines: string[] = [];
  const making = { ...two, scale: { ...scale, step: "create web-3-disk: done" } };
  const client = healerWith(two, making, silent, booting, unchecked, three);
  const status = await followScale(client, { id: 7, workers: 3 }, (line) => lines.push(line), times);
  assert.equal(status.slots.length, 3);
  assert.deepEqual(lines, [
    "makes the new workers",
    "makes the new workers: create web-3-disk: done",
    "the healer starts over with the new plan",
    "web-3: it is booting",
    "all 4 machines beat and serve; drift is looked for",
  ]);
});

test("what comes to nothing says why, and whether it began", async () => {
  const ended = (outcome: string) =>
    healerWith({ ...two, scale: { ...scale, outcome, reason: "ben holds the stack" } });
  for (const [outcome, code] of [
    ["locked", "ERR_NOT_NOW"],
    ["failed", "ERR_REFUSED"],
  ] as const) {
    const following = followScale(ended(outcome), { id: 7, workers: 3 }, () => {}, times);
    await assert.rejects(following, { code, message: new RegExp(`^${outcome}: ben holds the stack`) });
  }
  const waiting: string[] = [];
  const follow = followScale(healerWith(two), { id: 7, workers: 3 }, (line) => waiting.push(line), {
    ...{ ...times, longestMs: 100, repeatMs: 10 },
  });
  await assert.rejects(follow, /3 workers are not there after/);
  assert.ok(waiting.length > 2, "whoever waits is told again what for");
  const other = followScale(healerWith(two), { id: 6, workers: 3 }, () => {}, times);
  await assert.rejects(other, /another change of the number of workers has come/);
});
