import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import { followRotation } from "./followRotation.ts";

const times = { pollMs: 1, longestMs: 20 };
const drained = { by: "anna", since: "2026-11-21T14:02:11.000Z", done: false };

/** Answers with these views of a slot one after the other, and with the last one for ever. */
function healerWith(...views: readonly object[]) {
  let asked = 0;
  return {
    async ask<Schema extends z.ZodType>(): Promise<z.infer<Schema>> {
      asked += 1;
      return views[Math.min(asked, views.length) - 1] as z.infer<Schema>;
    },
  };
}

test("a drain is followed until nothing is under way there, and its end until it serves again", async () => {
  const done = { drained: { ...drained, done: true }, facts: {} };
  const patient = { ...times, longestMs: 10_000 };
  const out = await followRotation(healerWith({ drained, facts: {} }, done), "web-1", true, patient);
  assert.equal(out.drained?.done, true);
  const draining = { facts: { heartbeat: { service: "draining" } } };
  const up = { facts: { heartbeat: { service: "up" } } };
  assert.equal(
    (await followRotation(healerWith(draining, up), "web-1", false, patient)).facts.heartbeat?.service,
    "up",
  );
});

test("one that does not come to pass says why", async () => {
  const problem = "requests are still under way there after 60 s";
  const stuck = healerWith({ drained: { ...drained, problem }, facts: {} });
  await assert.rejects(followRotation(stuck, "web-1", true, times), {
    message: `web-1 is not drained yet: ${problem}. The wish stands.`,
  });
});
