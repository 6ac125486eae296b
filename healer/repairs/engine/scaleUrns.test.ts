import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../../infra/config.ts";
import type { Desired } from "../../../infra/desired.ts";
import { planStack } from "../../../infra/plan.ts";
import { exampleConfig } from "../../../test/support/exampleConfig.ts";
import { scaleUrns } from "./scaleUrns.ts";
import { imageUrn, newWorkerUrns } from "./slotUrns.ts";

const config = parseConfig(exampleConfig(), "bk");
const other = "c".repeat(64);

function plan(workers: number, images?: Desired["images"]) {
  return planStack(config, { version: 1, workers, ...(images === undefined ? {} : { images }) });
}

/** Without the one that is always there, and by name: a worker's own name is three resources. */
function namesOf(...wishes: Parameters<typeof scaleUrns> extends [string, ...infer Rest] ? Rest : never): string[] {
  const [last, ...rest] = scaleUrns("bk", ...wishes)
    .map((urn) => urn.split("::").at(-1) ?? "")
    .reverse();
  assert.equal(last, "lb-1-verified");
  return [...new Set(rest)].sort();
}

const all = (slot: string) => [slot, `${slot}-disk`, `${slot}-host-key`, `${slot}-seed`, `${slot}-verified`];
const urnsOf = (...slots: string[]) => [
  ...slots.flatMap((slot) => newWorkerUrns("bk", slot)),
  imageUrn("bk", config.image),
];

test("a worker that comes is made, and one that goes is removed, as far as the state has it", () => {
  const two = urnsOf("web-1", "web-2");
  assert.deepEqual(namesOf(plan(2), plan(3), two), all("web-3"));
  assert.deepEqual(namesOf(plan(2), plan(1), two), all("web-2"));
  const half = two.filter((urn) => !urn.endsWith("::web-2-verified"));
  assert.deepEqual(namesOf(plan(2), plan(1), half), all("web-2").slice(0, 4));
});

test("what an update has left that was cut short is removed, and what is there of a worker that comes is a target too", () => {
  const left = [...urnsOf("web-1", "web-2"), ...newWorkerUrns("bk", "web-3").slice(0, 4)];
  assert.deepEqual(namesOf(plan(2), plan(2), left), ["web-3", "web-3-host-key", "web-3-seed"]);
  assert.deepEqual(namesOf(plan(2), plan(3), left), all("web-3"));
  assert.deepEqual(namesOf(plan(2), plan(2), urnsOf("web-1", "web-2")), []);
});

test("an image that only a new worker has comes with it, and goes with the last one that had it", () => {
  const images = { "lb-1": other, "web-1": other, "web-2": other };
  const [ours, theirs] = [config.image, other].map((digest) => `vigil-base-${digest.slice(0, 12)}`);
  const urns = [...newWorkerUrns("bk", "web-1"), ...newWorkerUrns("bk", "web-2"), imageUrn("bk", other)];
  assert.deepEqual(namesOf(plan(2, images), plan(3, images), urns), [...all("web-3"), ours].sort());
  const lone = { "web-2": other };
  const both = [...urnsOf("web-1", "web-2"), imageUrn("bk", other)];
  assert.deepEqual(namesOf(plan(2, lone), plan(1, lone), both), [...all("web-2"), theirs].sort());
});
