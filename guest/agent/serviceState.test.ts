import assert from "node:assert/strict";
import { test } from "node:test";
import { stateOf } from "./serviceState.ts";
import { plainly } from "./serviceWatch.ts";
import { type Evidence, newTarget, observe } from "./targetHealth.ts";

const ok: Evidence = { kind: "ok" };
const silent: Evidence = { kind: "silent", afterMs: 1000, alive: true };
const refused: Evidence = { kind: "bad", what: "was refused", isRefused: true };
const failing: Evidence = { kind: "bad", what: "was answered 500" };

const cases: readonly [what: string, evidence: readonly Evidence[], state: string][] = [
  ["nothing was looked at yet", [], "starting"],
  ["a service that has not come up since the agent started", [refused, refused], "starting"],
  ["a good check", [refused, ok], "up"],
  ["one silence is no verdict", [ok, silent], "up"],
  ["a service that hangs", [ok, silent, silent], "silent"],
  ["a service that died", [ok, refused], "refused"],
  ["a service that answers an error", [ok, failing], "wrong"],
  ["a hung service that was then killed", [ok, silent, silent, refused], "refused"],
  ["a service that leaves on purpose", [ok, { kind: "draining" }], "draining"],
  ["a service that came back", [ok, refused, ok], "up"],
];

for (const [what, evidence, state] of cases) {
  test(`${what}: ${state}`, () => {
    const health = evidence.reduce((soFar, item, index) => observe(soFar, item, index * 500, plainly), newTarget(0));
    const target = { id: "web", address: "127.0.0.1", port: 1, path: "/", judge: () => ({ evidence: ok }) };
    assert.equal(stateOf({ view: () => [{ target, health, incarnation: undefined, aliveMs: 0 }] }).state, state);
  });
}
