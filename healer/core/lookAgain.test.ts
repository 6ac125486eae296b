import assert from "node:assert/strict";
import { test } from "node:test";
import { isWellAgain } from "./lookAgain.ts";
import { limits, Scene } from "./scene.ts";

function isWell(scene: Scene, slot: string): boolean {
  return isWellAgain(scene.state, slot, limits, scene.nowMs);
}

test("what becomes well while its repair waits needs none, and costs none", () => {
  const scene = new Scene();
  scene.domains["web-1"] = { state: "absent", reason: "" };
  scene.poll();
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
  assert.equal(isWell(scene, "web-1"), false);
  scene.domains["web-1"] = { state: "running", reason: "booted", id: 7 };
  scene.poll();
  scene.pass(1_000);
  assert.equal(isWell(scene, "web-1"), true);
  scene.repaired("web-1", { code: "preflight", reason: "it has become well meanwhile" });
  assert.equal(scene.status("web-1"), "green");
  assert.match(scene.journal().join("\n"), /replace of web-1 could not begin: it has become well meanwhile/);
  assert.deepEqual(scene.state.slots["web-1"]?.repairsMs, []);
});

test("what is silent is not well, nor is what nobody knows", () => {
  const scene = new Scene();
  assert.equal(isWell(scene, "web-9"), false);
  scene.silent.add("web-1");
  scene.pass(limits.silentMs + 500);
  assert.equal(isWell(scene, "web-1"), false);
});
