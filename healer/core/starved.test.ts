import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, Scene } from "./scene.ts";

function starve(scene: Scene): void {
  scene.waits.set("web-1", 0.85);
  scene.silent.add("web-1");
  scene.pingAnswers = false;
}

test("a machine that is starved of processors is not repaired for its silence, and that is said", () => {
  const scene = new Scene();
  starve(scene);
  scene.pass(60_000);
  assert.deepEqual(scene.repairs(), []);
  assert.equal(scene.status("web-1"), "yellow");
  assert.match(
    scene.sentence("web-1"),
    /^VM starved of processors: no heartbeat for \d+ ms, and its processors wait for the host's 85 % of the time; the host has/,
  );
});

test("after that it has its whole patience anew", () => {
  const scene = new Scene();
  starve(scene);
  scene.pass(60_000);
  scene.waits.delete("web-1");
  scene.pass(limits.probeFreshMs + limits.resetAfterMs - 1_000);
  assert.deepEqual(scene.repairs(), []);
  scene.pass(2_000);
  assert.deepEqual(scene.repairs(), ["reset web-1"]);
});

test("what is silent and never gets enough is reset in the end", () => {
  const scene = new Scene();
  starve(scene);
  scene.pass(limits.busyGraceMs - 1_000);
  assert.deepEqual(scene.repairs(), []);
  scene.pass(3_000);
  assert.deepEqual(scene.repairs(), ["reset web-1"]);
});

test("a service that answers nothing on a starved machine is not taken for a hung one", () => {
  const scene = new Scene();
  scene.waits.set("web-1", 0.85);
  scene.beats.set("web-1", { ...beat, service: "silent" });
  scene.pass(30_000);
  assert.deepEqual(scene.repairs(), []);
  scene.waits.delete("web-1");
  scene.pass(limits.probeFreshMs + limits.serviceGraceMs + 1_000);
  assert.deepEqual(scene.repairs(), ["restartService web-1"]);
});

test("a port that refuses says that the agent is dead, starved or not", () => {
  const scene = new Scene();
  scene.waits.set("web-1", 0.85);
  scene.silent.add("web-1");
  scene.pingAnswers = undefined;
  for (let probes = 0; probes < 10; probes++) {
    scene.send({ kind: "ping", slot: "web-1", answered: true });
    scene.send({ kind: "connect", slot: "web-1", outcome: "refused" });
    scene.pass(500);
  }
  assert.deepEqual(scene.repairs(), ["restartAgent web-1"]);
});

test("a repaired machine that is starved has longer to come up", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(limits.stoppedGraceMs + 100);
  scene.domains["web-1"] = { state: "running", reason: "booted", id: 2 };
  starve(scene);
  scene.repaired("web-1");
  scene.pass(limits.bootMs + 60_000);
  assert.equal(scene.status("web-1"), "settling");
  scene.waits.delete("web-1");
  scene.silent.delete("web-1");
  scene.pass(1_000);
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(scene.repairs(), ["start web-1"]);
});

test("the number of workers may change while one has too much to do", () => {
  const scene = new Scene();
  starve(scene);
  scene.pass(10_000);
  assert.match(scene.send({ kind: "scale", workers: 3, by: "anna" }), /^anna asks for 3 workers/);
});

test("what libvirt says of a dead machine is acted on at once, starved or not", () => {
  const scene = new Scene();
  starve(scene);
  scene.pass(10_000);
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(limits.batchMs + 200);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
});
