import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import { followHostDrain, followHostReturn, followWorkersWell } from "./followHostDrain.ts";

const times = { pollMs: 1, longestMs: 1_000 };
const hurried = { pollMs: 1, longestMs: 20 };
const drain = { id: 7, by: "anna", why: "kernel update", begunAt: "2026-11-21T14:02:11.000Z", outcome: "underWay" };
const silent = () => {};

function healerWith(...drains: readonly object[]) {
  return saying(...drains.map((hostDrain, nth) => ({ hostDrain, what: nth === 0 ? "told first" : "told later" })));
}

/** Says this of the host, one after the other, and the last one for ever. */
function saying(...statuses: readonly object[]) {
  let asked = 0;
  return {
    async ask<Schema extends z.ZodType>(): Promise<z.infer<Schema>> {
      return statuses[Math.min(asked++, statuses.length - 1)] as z.infer<Schema>;
    },
  };
}

test("a drain is followed until the host may be switched off, and what is done meanwhile is told once", async () => {
  const lines: string[] = [];
  const waiting = { ...drain, phase: "ready", waitsFor: "lb-1 holds the service's address" };
  const draining = { ...drain, phase: "draining" };
  const healer = healerWith(draining, draining, draining, waiting, { ...drain, phase: "ready" });
  const last = await followHostDrain(healer, 7, (line) => lines.push(line), times);
  assert.deepEqual([last.phase, last.waitsFor, lines], ["ready", undefined, ["told first", "told later"]]);
});

test("one that comes to nothing says why, and whether the host serves as before", async () => {
  for (const [outcome, code] of [
    ["preflight", "ERR_NOT_NOW"],
    ["locked", "ERR_NOT_NOW"],
    ["failed", "ERR_REFUSED"],
  ] as const) {
    const ended = healerWith({ ...drain, outcome, reason: "lb-1 still holds it" });
    const message = "not drained, it serves as before: lb-1 still holds it";
    await assert.rejects(followHostDrain(ended, 7, silent, times), { code, message });
  }
  const taken = healerWith({ ...drain, phase: "returning" });
  await assert.rejects(followHostDrain(taken, 7, silent, times), /taken this host back into service meanwhile/);
  await assert.rejects(followHostDrain(healerWith(drain), 6, silent, times), /drained this host anew/);
  const slow = followHostDrain(healerWith({ ...drain, phase: "draining" }), 7, silent, hurried);
  await assert.rejects(slow, { code: "ERR_REFUSED", message: /^not yet: told first\. The wish stands/ });
});

test("a return is followed until the host serves", async () => {
  const returning = { ...drain, phase: "returning" };
  const healer = healerWith(returning, returning, { ...drain, outcome: "done" });
  assert.equal((await followHostReturn(healer, 7, silent, times)).outcome, "done");
  await assert.rejects(followHostReturn(healerWith(returning), 7, silent, hurried), /^HealerError: not yet/);
});

test("a host that serves again is followed until all its workers are well at once", async () => {
  const worker = (slot: string, status: string) => ({ slot, role: "worker", status, sentence: "it is starved" });
  const statuses = [
    { slots: [worker("web-1", "green"), worker("web-2", "yellow")] },
    { slots: [worker("web-1", "yellow"), worker("web-2", "green")] },
    { slots: [worker("web-1", "green"), worker("web-2", "green"), { ...worker("lb-1", "yellow"), role: "balancer" }] },
  ];
  const lines: string[] = [];
  await followWorkersWell(saying(...statuses), "mb", (line) => lines.push(line), times);
  assert.deepEqual(lines, [
    "it is in service, and not all of its workers are well: web-2: it is starved",
    "it is in service, and not all of its workers are well: web-1: it is starved",
  ]);
  const never = followWorkersWell(saying(...statuses.slice(0, 1)), "mb", silent, hurried);
  const message = "mb is in service, and not all of its workers are well: web-2: it is starved.";
  await assert.rejects(never, { code: "ERR_REFUSED", message });
});
