import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, Scene } from "./scene.ts";

/** The machine is reset, is silent while it boots, and is up again as another incarnation. */
function reboot(scene: Scene, bootMs: number, upMs: number): void {
  const slot = "web-1";
  scene.silent.add(slot);
  scene.send({ kind: "rebooted", slot });
  scene.pass(bootMs);
  scene.beats.set(slot, { ...beat, incarnation: `boot at ${scene.nowMs}` });
  scene.silent.delete(slot);
  scene.pass(upMs);
}

test("a machine that reboots by itself is given the time of a boot", () => {
  const scene = new Scene();
  scene.pingAnswers = false;
  scene.silent.add("web-1");
  scene.pass(1_000);
  scene.send({ kind: "rebooted", slot: "web-1" });
  scene.pass(100);
  assert.equal(scene.sentence("web-1"), "it is booting");
  reboot(scene, limits.bootMs - 5_000, 10_000);
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(scene.repairs(), []);
});

test("one that does not come up again is reset when the time of a boot is over", () => {
  const scene = new Scene();
  scene.pingAnswers = false;
  reboot(scene, limits.bootMs - 1_000, 0);
  assert.deepEqual(scene.repairs(), []);
  scene.silent.add("web-1");
  scene.pass(limits.resetAfterMs + 1_500);
  assert.deepEqual(scene.repairs(), ["reset web-1"]);
});

test("a machine that reboots every now and then is given the time of a boot ever more seldom", () => {
  const scene = new Scene();
  scene.pingAnswers = false;
  for (let count = 0; count < 5 && scene.repairs().length === 0; count++) reboot(scene, 20_000, 50_000);
  assert.deepEqual(scene.repairs(), ["reset web-1"]);
  const quiet = new Scene();
  quiet.pingAnswers = false;
  for (let count = 0; count < 3; count++) reboot(quiet, 20_000, limits.maxProvenMs);
  assert.deepEqual(quiet.repairs(), []);
});

test("a machine that reboots too fast to be missed is repaired all the same, and again if that does not help", () => {
  const scene = new Scene();
  for (let count = 0; count < 3; count++) reboot(scene, 3_000, 7_000);
  assert.deepEqual(scene.repairs(), []);
  reboot(scene, 3_000, 7_000);
  assert.match(scene.journal().join("\n"), /guest reboots again and again: it has rebooted 4 times in 3\d s/);
  assert.deepEqual(scene.repairs(), ["powerCycle web-1"]);
  scene.repaired("web-1");
  scene.pass(1_000);
  assert.equal(scene.status("web-1"), "green");
  for (let count = 0; count < 4; count++) reboot(scene, 3_000, 7_000);
  assert.deepEqual(scene.repairs(), ["powerCycle web-1", "replace web-1"]);
});

test("an agent that starts anew again and again is no machine that does so", () => {
  const scene = new Scene();
  for (let count = 0; count < 6; count++) {
    scene.beats.set("web-1", { ...beat, incarnation: `agent ${count}` });
    scene.pass(4_000);
  }
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(scene.repairs(), []);
});

test("a machine whose reboot nobody announced has the time of a boot for its service", () => {
  const scene = new Scene();
  scene.beats.set("web-1", { ...beat, incarnation: "b", service: "starting" });
  scene.pass(limits.bootMs - 1_000);
  assert.equal(scene.sentence("web-1"), "its service is starting");
});

test("a reset that a repair has done is no reboot", () => {
  const scene = new Scene();
  scene.pingAnswers = false;
  scene.silent.add("web-1");
  scene.pass(6_000);
  scene.send({ kind: "rebooted", slot: "web-1" });
  scene.repaired("web-1");
  scene.send({ kind: "rebooted", slot: "web-1" });
  assert.deepEqual(scene.state.slots["web-1"]?.rebootsMs, []);
});

test("reboots while a repair could not begin are not forgotten", () => {
  const scene = new Scene();
  for (let count = 0; count < 4; count++) reboot(scene, 3_000, 7_000);
  assert.deepEqual(scene.repairs(), ["powerCycle web-1"]);
  for (let count = 0; count < 2; count++) reboot(scene, 3_000, 7_000);
  scene.repaired("web-1", { code: "preflight", reason: "libvirt does not answer" });
  scene.pass(limits.backoffMs + 1_000);
  assert.deepEqual(scene.repairs(), ["powerCycle web-1", "powerCycle web-1"]);
  assert.match(scene.journal().at(-1) ?? "", /it has rebooted 6 times/);
});

test("after a repair that failed the reboots are counted anew", () => {
  const scene = new Scene();
  for (let count = 0; count < 4; count++) reboot(scene, 3_000, 7_000);
  scene.repaired("web-1", { code: "failed", reason: "it did not come up" });
  scene.pass(limits.bootMs);
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(scene.repairs(), ["powerCycle web-1"]);
});

test("reboots with calm between them are not in a row", () => {
  const scene = new Scene();
  for (let count = 0; count < 6; count++) reboot(scene, 3_000, limits.bootMs + limits.provenMs);
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(scene.repairs(), []);
});
