import assert from "node:assert/strict";
import { test } from "node:test";
import type { Beat } from "./facts.ts";
import { beat, limits, Scene } from "./scene.ts";

const dead: Beat = { ...beat, service: "refused" };
const wrong: Beat = { ...beat, service: "wrong" };

/** The service dies, is repaired by whatever is tried, and lasts for a while. */
function dieAndLast(scene: Scene, lastsMs: number, says: Beat = dead): void {
  scene.beats.set("web-1", says);
  for (const endMs = scene.nowMs + 120_000; scene.status("web-1") !== "repairing"; ) {
    scene.pass(200);
    assert.ok(scene.nowMs < endMs, scene.sentence("web-1"));
  }
  scene.beats.delete("web-1");
  scene.pass(1_000);
  scene.repaired("web-1");
  scene.pass(400);
  assert.equal(scene.status("web-1"), "green");
  scene.pass(lastsMs);
}

test("a service that dies again seconds after each repair is helped by the next one, and the journal says why", () => {
  const scene = new Scene();
  for (let death = 0; death < 3; death++) dieAndLast(scene, 8_000);
  assert.deepEqual(scene.repairs(), ["restartService web-1", "powerCycle web-1", "replace web-1"]);
  const journal = scene.journal();
  const why = "service dead: it came back after 8 s: nothing listens on its port";
  assert.ok(journal.includes(why), journal.join("\n"));
  assert.ok(journal.includes("what restartService of web-1 was to mend came back after 8 s"));
  assert.ok(journal.some((sentence) => sentence.startsWith(`power-cycling web-1: ${why}`)));
});

test("what comes back after its repair has lasted begins with the least again, and the next one has to last longer", () => {
  const scene = new Scene();
  dieAndLast(scene, limits.provenMs + 1_000);
  assert.ok(scene.journal().includes("restartService of web-1 has helped: it lasts"));
  dieAndLast(scene, limits.provenMs + 1_000);
  dieAndLast(scene, 1_000);
  assert.deepEqual(scene.repairs(), ["restartService web-1", "restartService web-1", "powerCycle web-1"]);
});

test("other trouble than that which was repaired begins with its own least repair", () => {
  const scene = new Scene();
  dieAndLast(scene, 8_000);
  dieAndLast(scene, 8_000, wrong);
  assert.deepEqual(scene.repairs(), ["restartService web-1", "restartService web-1"]);
});

test("serving does not wait for the proof: the slot is green at once, and drift is checked", () => {
  const scene = new Scene();
  dieAndLast(scene, 0);
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(
    scene.actions.filter(({ kind }) => kind === "checkDrift"),
    [{ kind: "checkDrift", generation: 1 }],
  );
});

test("repairs that helped for a moment only are repairs that did not help, and open the breaker", () => {
  const scene = new Scene();
  for (let death = 0; death < 3; death++) dieAndLast(scene, 8_000);
  scene.beats.set("web-1", dead);
  scene.pass(60_000);
  assert.equal(scene.repairs().length, 3);
  assert.ok(scene.journal().includes("3 repairs in a row did not help: none is begun for 10 min"));
});

test("a repair that lasts forgives those before it, and no earlier", () => {
  const scene = new Scene();
  for (let death = 0; death < 2; death++) dieAndLast(scene, 8_000);
  scene.beats.set("web-1", dead);
  scene.pass(4_000);
  assert.equal(scene.state.failed.length, 2);
  dieAndLast(scene, limits.provenMs);
  assert.equal(scene.state.failed.length, 2);
  scene.pass(4 * limits.provenMs);
  assert.deepEqual(scene.state.failed, []);
});

test("a machine that became well without its repair forgives nothing", () => {
  const scene = new Scene();
  scene.beats.set("web-1", dead);
  for (let repair = 0; repair < 2; repair++) {
    scene.pass(8_000);
    scene.repaired("web-1", { code: "failed", reason: "nobody answers in it" });
  }
  scene.beats.delete("web-1");
  scene.pass(4 * limits.provenMs);
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(scene.state.failed, [1, 2]);
});

test("a healer that is started anew goes on where the one before was", () => {
  const scene = new Scene();
  dieAndLast(scene, 8_000);
  scene.restart();
  scene.pass(2_000);
  dieAndLast(scene, 8_000);
  assert.deepEqual(scene.repairs(), ["restartService web-1", "powerCycle web-1"]);
  assert.deepEqual(scene.state.failed, [1]);
  scene.beats.set("web-1", dead);
  scene.pass(4_000);
  scene.restart();
  assert.deepEqual(scene.state.failed, [1, 2]);
  scene.pass(15_000);
  assert.equal(scene.repairs().at(-1), "replace web-1");
});

test("what comes back while no healer looks has come back", () => {
  const scene = new Scene();
  dieAndLast(scene, 8_000);
  scene.beats.set("web-1", dead);
  scene.restart();
  scene.pass(20_000);
  assert.match(scene.journal().join("\n"), /power-cycling web-1: service dead: it came back after 8 s: /);
});

test("the next healer sees for itself whether a repair lasts", () => {
  const scene = new Scene();
  dieAndLast(scene, limits.provenMs - 1_000);
  scene.restart();
  scene.pass(limits.provenMs - 1_000);
  assert.notEqual(scene.state.slots["web-1"]?.tried, undefined);
  scene.pass(2_000);
  assert.ok(scene.journal().includes("restartService of web-1 has helped: it lasts"));
  dieAndLast(scene, 8_000);
  assert.deepEqual(scene.repairs(), ["restartService web-1", "restartService web-1"]);
});

test("what was forgiven stays so for the next healer", () => {
  const scene = new Scene();
  dieAndLast(scene, 8_000);
  dieAndLast(scene, 2 * limits.provenMs + 1_000);
  scene.restart();
  assert.deepEqual(scene.state.failed, []);
});

test("a repair that could not begin was not tried, for whoever comes after", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(limits.stoppedGraceMs + 100);
  scene.repaired("web-1", { code: "preflight", reason: "the host has no bridge br0." });
  scene.restart();
  scene.pass(20_000);
  assert.deepEqual(scene.repairs(), ["start web-1", "start web-1"]);
});

test("a repair that was begun and never ended was not tried, for whoever comes after", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(limits.stoppedGraceMs + 100);
  scene.restart();
  scene.pass(20_000);
  assert.deepEqual(scene.repairs(), ["start web-1", "start web-1"]);
});

test("a repair whose result never came has failed, for whoever comes after", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(limits.stoppedGraceMs + limits.repairDeadlineMs + 150);
  scene.restart();
  assert.deepEqual(scene.state.failed, [1]);
  scene.pass(20_000);
  assert.deepEqual(scene.repairs(), ["start web-1", "replace web-1"]);
});
