import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, Scene } from "./scene.ts";

const fileRefusal = "/etc/vigil/balancer.json is not as agreed: (top): unrecognized_keys";
const standsBack: typeof beat = { ...beat, vrrp: "FAULT", fileRefusal };

function sceneWith(found: typeof beat): Scene {
  const scene = new Scene();
  scene.pass(limits.bootMs);
  scene.beats.set("lb-1", found);
  scene.pass(limits.unfitGraceMs + 60_000);
  return scene;
}

test("a balancer that stands back because its image does not know its settings is left to a person", () => {
  const scene = sceneWith(standsBack);
  assert.deepEqual(scene.repairs(), []);
  assert.match(scene.sentence("lb-1"), /^managed file refused: .*balancer\.json is not as agreed/);
});

test("one whose settings somebody has spoiled by hand gets them anew", () => {
  const scene = sceneWith({ ...standsBack, files: "edited" });
  assert.deepEqual(scene.repairs().slice(0, 1), ["restartKeepalived lb-1"]);
});

test("a refused file hides no fault that can be repaired", () => {
  const scene = sceneWith({ ...standsBack, vrrp: "STOP" });
  assert.notDeepEqual(scene.repairs(), []);
});
