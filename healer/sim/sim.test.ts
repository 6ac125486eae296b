import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { matchesGolden } from "./golden.ts";
import { incidents } from "./incidents.ts";
import { run } from "./run.ts";
import { drawScenario } from "./scenario.ts";
import { runSegment } from "./segments/segmentRun.ts";
import { drawSegment } from "./segments/segmentScenario.ts";
import { shrink } from "./shrink.ts";
import { runSite } from "./sites/siteRun.ts";
import { drawSite } from "./sites/siteScenario.ts";
import { stories } from "./stories.ts";
import { transcribe } from "./transcript.ts";

test("200 drawn runs end green and break no invariant", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const scenario = drawScenario(seed);
    const { violation } = run(scenario);
    if (violation === undefined) continue;
    assert.fail(`seed ${seed}: ${violation.message}\n${transcribe(shrink(scenario, violation.invariant))}`);
  }
});

test("100 drawn sites lose hosts, get them back and break no invariant", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const scenario = drawSite(seed);
    const { violation } = runSite(scenario);
    if (violation !== undefined) assert.fail(`seed ${seed}: ${violation.message}\n${JSON.stringify(scenario)}`);
  }
});

test("100 drawn networks lose wires, one way or both, and have one holder per segment", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const scenario = drawSegment(seed);
    const { violation } = runSegment(scenario);
    if (violation !== undefined) assert.fail(`seed ${seed}: ${violation.message}\n${JSON.stringify(scenario)}`);
  }
});

test("of two holders that are deaf one lets go, and whoever hears that takes over beside the other", () => {
  for (const seed of [5530, 56460]) assert.equal(runSegment(drawSegment(seed)).violation?.message, undefined);
});

test("what once went wrong does not go wrong again", () => {
  for (const { name, scenario } of incidents) {
    const { violation } = run(scenario);
    assert.equal(violation?.message, undefined, `${name}\n${transcribe(scenario)}`);
  }
});

test("a seed alone repeats a run", () => {
  for (const seed of [3, 17, 99]) assert.equal(transcribe(drawScenario(seed)), transcribe(drawScenario(seed)));
});

for (const { name, purpose, scenario } of stories) {
  test(`transcript ${name}: ${purpose}`, () => {
    matchesGolden(join(import.meta.dirname, `transcripts/${name}.txt`), `${purpose}\n\n${transcribe(scenario)}`);
  });
}
