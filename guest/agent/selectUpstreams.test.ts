import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { selectUpstreams } from "./selectUpstreams.ts";
import { newTarget, type Verdict } from "./targetHealth.ts";

type Pool = Record<string, Verdict>;

function targets(pool: Pool) {
  return Object.entries(pool).map(([id, verdict]) => {
    return { id, health: { ...newTarget(0), verdict, everUp: verdict !== "absent" } };
  });
}

const cases: readonly [name: string, pool: Pool, ids: string[], reason: string][] = [
  ["nothing has answered", { "bk/web-1": "absent", "mb/web-1": "absent" }, [], "no worker has answered yet"],
  ["one of two is there", { "bk/web-1": "up", "mb/web-1": "absent" }, ["bk/web-1"], "1 of 1 workers are up"],
  [
    "one of four is dead",
    { "bk/web-1": "up", "bk/web-2": "soft", "mb/web-1": "up", "mb/web-2": "up" },
    ["bk/web-1", "mb/web-1", "mb/web-2"],
    "3 of 4 workers are up",
  ],
  [
    "a host is lost",
    { "bk/web-1": "up", "bk/web-2": "up", "mb/web-1": "soft", "mb/web-2": "soft", "mb/web-3": "soft" },
    ["bk/web-1", "bk/web-2"],
    "2 of 5 workers are up; mb lost all its workers",
  ],
  [
    "most are silent on both hosts: the checks are not to be believed",
    { "bk/web-1": "up", "bk/web-2": "soft", "mb/web-1": "soft", "mb/web-2": "soft" },
    ["bk/web-1", "bk/web-2", "mb/web-1", "mb/web-2"],
    "3 of 4 workers look bad at once: the 3 that are only silent stay",
  ],
  [
    "most are bad, and those that refuse stay out",
    { "bk/web-1": "up", "bk/web-2": "hard", "mb/web-1": "soft", "mb/web-2": "hard" },
    ["bk/web-1", "mb/web-1"],
    "3 of 4 workers look bad at once: the 1 that are only silent stay",
  ],
  [
    "all are gone",
    { "bk/web-1": "soft", "mb/web-1": "hard", "mb/web-2": "absent" },
    ["bk/web-1", "mb/web-1"],
    "none of 2 workers is up: each that ever was gets its chance",
  ],
  [
    "workers that leave are no sign of trouble",
    { "bk/web-1": "draining", "bk/web-2": "draining", "mb/web-1": "up", "mb/web-2": "soft" },
    ["mb/web-1"],
    "1 of 4 workers are up",
  ],
];

for (const [name, pool, ids, reason] of cases) {
  test(name, () => assert.deepEqual(selectUpstreams(targets(pool)), { ids, reason }));
}

const verdicts = fc.constantFrom<Verdict>("absent", "up", "draining", "soft", "hard");
const pools = fc.dictionary(fc.constantFrom("a/1", "a/2", "a/3", "b/1", "b/2", "c/1"), verdicts);

test("every worker that is up gets requests, none that never was does, and nobody is left out when nobody is up", () => {
  fc.assert(
    fc.property(pools, (pool) => {
      const { ids } = selectUpstreams(targets(pool));
      const isUp = (id: string) => pool[id] === "up";
      const known = Object.keys(pool).filter((id) => pool[id] !== "absent");
      assert.ok(known.filter(isUp).every((id) => ids.includes(id)));
      assert.ok(ids.every((id) => known.includes(id)));
      if (!known.some(isUp)) assert.deepEqual(ids, known);
      else assert.ok(ids.every((id) => pool[id] !== "hard" && pool[id] !== "draining"));
    }),
  );
});
