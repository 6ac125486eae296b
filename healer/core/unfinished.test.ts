import assert from "node:assert/strict";
import { test } from "node:test";
import type { DriftResult } from "./events.ts";
import { limits, running, Scene } from "./scene.ts";

const minuteMs = 60_000;
const rebuilt = { ...running, id: 2 };

/** A machine whose replacement was cut short when the machine itself was made. */
function cutShort(): Scene {
  const scene = new Scene();
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(limits.batchMs + 100);
  scene.domains["web-1"] = rebuilt;
  scene.repaired("web-1", { code: "failed", reason: "the engine was killed" });
  scene.pass(limits.bootMs);
  assert.equal(scene.status("web-1"), "green");
  return scene;
}

function checked(scene: Scene, drift: DriftResult, generation = scene.state.generation): void {
  scene.send({ kind: "driftChecked", generation, drift });
}

function checks(scene: Scene): number {
  return scene.actions.filter(({ kind }) => kind === "checkDrift").length;
}

test("a replacement that was cut short is looked into, and begun anew if it has left differences", () => {
  const scene = cutShort();
  assert.equal(checks(scene), 1);
  checked(scene, { clean: false, found: "web-1: replace; web-1-verified: replace (triggers)" });
  scene.pass(minuteMs);
  assert.deepEqual(scene.repairs(), ["replace web-1", "replace web-1"]);
  assert.match(scene.sentence("web-1"), /^replacing web-1: repair cut short: web-1: replace; web-1-verified/);
  scene.domains["web-1"] = { ...running, id: 3 };
  scene.repaired("web-1");
  scene.pass(limits.bootMs);
  checked(scene, { clean: true });
  scene.pass(minuteMs);
  assert.equal(scene.status("web-1"), "green");
  assert.equal(scene.repairs().length, 2);
});

test("a replacement that was cut short and left no difference is done", () => {
  const scene = cutShort();
  checked(scene, { clean: true });
  checked(scene, { clean: false, found: "web-1: update (autostart)" });
  scene.pass(minuteMs);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
});

test("differences of other machines are no reason to make this one anew", () => {
  const scene = cutShort();
  checked(scene, { clean: false, found: "web-11: update (autostart); lb-1: update (autostart)" });
  scene.pass(minuteMs);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
});

test("a check that was begun before the replacement says nothing of it", () => {
  const scene = cutShort();
  checked(scene, { clean: true }, scene.state.generation - 1);
  scene.pass(1_000);
  assert.equal(checks(scene), 2);
  checked(scene, { clean: false, found: "web-1: replace" });
  scene.pass(minuteMs);
  assert.equal(scene.repairs().length, 2);
});

test("a healer that finds a replacement in the journal without its end looks into it as soon as all is at rest", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(limits.batchMs + 100);
  scene.domains["web-1"] = rebuilt;
  scene.restart();
  scene.pass(5_000);
  assert.equal(checks(scene), 1);
  checked(scene, { clean: false, found: "web-1: replace" });
  scene.pass(minuteMs);
  assert.deepEqual(scene.repairs(), ["replace web-1", "replace web-1"]);
  scene.domains["web-1"] = { ...running, id: 3 };
  scene.repaired("web-1");
  scene.pass(limits.bootMs);
  const asked = checks(scene);
  scene.restart();
  scene.pass(5_000);
  assert.equal(checks(scene), asked);
});
