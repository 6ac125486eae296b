import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import type { Incident } from "../healer/api/schemas.ts";
import { followIncident } from "./followIncident.ts";
import { renderReplaced } from "./render/renderReplaced.ts";

const at = "2026-11-21T14:02:11.000Z";
const open: Incident = {
  ...{ id: 7, slot: "web-1", cause: "replaceWished", sentence: "replacement wished: anna asks for it" },
  ...{ begunAt: at, repairs: [], outcome: "open" },
};
const repaired: Incident = { ...open, endedAt: at, tookMs: 31_000, outcome: "repaired" };
const noDrift = { verdict: "none", sentence: "no drift: what runs is what is planned" } as const;

const times = { pollMs: 1, longestMs: 10_000, driftMs: 50 };

/** Answers with these incidents one after the other, and with the last one for ever. */
function healerWith(incidents: readonly Incident[]) {
  let asked = 0;
  return {
    async ask<Schema extends z.ZodType>(_host: string | undefined, path: string): Promise<z.infer<Schema>> {
      const index = Math.min(asked, incidents.length - 1);
      if (!path.startsWith("/v1/incidents/7")) return { sentence: `sentence ${index}` } as z.infer<Schema>;
      asked += 1;
      return incidents[Math.min(asked, incidents.length) - 1] as z.infer<Schema>;
    },
  };
}

async function follow(incidents: readonly Incident[]): Promise<Incident> {
  return await followIncident(healerWith(incidents), { slot: "web-1", incident: 7 }, () => {}, times);
}

test("an incident is followed to its end, and to the check for drift after it", async () => {
  const incident = await follow([open, open, repaired, { ...repaired, drift: noDrift }]);
  assert.equal(renderReplaced("bk", incident), "bk/web-1: replaced in 31 s; no drift: what runs is what is planned\n");
});

test("a check for drift that does not come is not waited for for ever", async () => {
  assert.match(renderReplaced("bk", await follow([repaired])), /replaced in 31 s; drift is not checked yet/);
});

test("what came to nothing says why, and waits for no check", async () => {
  const repair = { number: 3, repair: "replace", slots: ["web-1"], sentence: "replacing web-1", begunAt: at };
  const locked: Incident = {
    ...open,
    outcome: "passed",
    repairs: [{ ...repair, outcome: "locked", reason: "the stack is held by ben." }],
  };
  assert.equal(
    renderReplaced("bk", await follow([locked])),
    "bk/web-1: not replaced: locked: the stack is held by ben.\n",
  );
  assert.match(renderReplaced("bk", await follow([{ ...open, outcome: "passed" }])), /it could not begin in time/);
});

test("one that does not end is given up, with what to look at", async () => {
  const given = followIncident(healerWith([open]), { slot: "web-1", incident: 7 }, () => {}, {
    ...times,
    longestMs: 5,
  });
  await assert.rejects(given, /web-1 is not done after 0 min; `vigil history` says what was tried/);
});
