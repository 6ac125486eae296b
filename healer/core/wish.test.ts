import assert from "node:assert/strict";
import { test } from "node:test";
import { isWellAgain } from "./lookAgain.ts";
import { limits, running, Scene } from "./scene.ts";

const wish = { kind: "replace", slot: "web-1", by: "anna" } as const;

/** By then a worker has left the rotation, and its wish has waited for others to join it. */
const drainedMs = limits.batchMs + 500;

/** The update has made the machine anew. */
function remade(scene: Scene, id = 2): void {
  scene.domains["web-1"] = { ...running, id };
  scene.beats.delete("web-1");
  scene.repaired("web-1");
}

test("a machine that is well is replaced because a person asks for it, and says who", () => {
  const scene = new Scene();
  assert.equal(scene.send(wish), "anna asks to replace web-1");
  assert.equal(scene.sentence("web-1"), "replacement wished: anna asks for it; its requests are finished first");
  scene.pass(drainedMs);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
  assert.equal(scene.sentence("web-1"), "replacing web-1: replacement wished: anna asks for it");
  assert.equal(isWellAgain(scene.state, "web-1", limits, scene.nowMs), false);
  remade(scene);
  scene.pass(1_000);
  assert.equal(scene.status("web-1"), "green");
  assert.ok(scene.actions.some(({ kind }) => kind === "checkDrift"));
});

test("it is no repair: it spends no budget, waits for no backoff, and proves nothing", () => {
  const scene = new Scene();
  for (let id = 2; id < limits.slotBudget + 4; id++) {
    scene.send(wish);
    scene.pass(drainedMs);
    remade(scene, id);
    scene.pass(1_000);
    assert.equal(scene.status("web-1"), "green", `wish ${id}`);
  }
  const { repairsMs, tried } = scene.state.slots["web-1"] ?? {};
  assert.deepEqual([repairsMs, tried], [[], undefined]);
  scene.restart();
  assert.deepEqual(scene.state.slots["web-1"]?.repairsMs, []);
});

test("one that failed opens no breaker, also after a restart; what it left behind is looked into", () => {
  const scene = new Scene();
  for (let count = 0; count < limits.breakerFailures + 1; count++) {
    scene.send(wish);
    scene.pass(drainedMs);
    scene.repaired("web-1", { code: "failed", reason: "the provider is gone" });
    assert.notEqual(scene.state.slots["web-1"]?.unfinished, undefined);
    scene.pass(1_000);
    assert.equal(scene.status("web-1"), "green");
    scene.pass(limits.serviceGraceMs);
  }
  assert.equal(scene.repairs().length, limits.breakerFailures + 1);
  assert.deepEqual(scene.state.failed, []);
  scene.restart();
  assert.deepEqual(scene.state.failed, []);
});

test("what cannot begin is not tried again: whoever asked is told", () => {
  const scene = new Scene();
  scene.send(wish);
  scene.pass(drainedMs);
  const reason = scene.repaired("web-1", { code: "locked", reason: "the stack is held by ben." });
  assert.match(reason, /^replace of web-1 could not begin: the stack is held by ben\.$/);
  scene.pass(5 * 60_000);
  assert.equal(scene.repairs().length, 1);
  assert.equal(scene.status("web-1"), "green");
});

test("it is refused with the reason while it is not safe", () => {
  const refusals: readonly [(scene: Scene) => void, RegExp][] = [
    [(scene) => scene.send({ kind: "pause", forMs: 60_000, by: "ben" }), /repairs are paused for 60 s more/],
    [(scene) => scene.send({ kind: "pause", slot: "web-1", forMs: 60_000, by: "ben" }), /its repairs are paused/],
    [(scene) => scene.send(wish), /web-1 is about to be replaced/],
    [(scene) => scene.send({ kind: "space", poolFreeBytes: 0, stateFreeBytes: 1e9 }), /storage pool has 0 MiB left/],
    [(scene) => scene.send({ kind: "hypervisorSilent", reason: "no answer" }), /libvirt does not answer/],
    [(scene) => scene.become("web-2", { state: "crashed", reason: "failed" }), /web-2 is not well either/],
    [(scene) => scene.restart(), /has only just started/],
    [
      (scene) => {
        scene.become("lb-1", { state: "crashed", reason: "failed" });
        scene.pass(1_000);
      },
      /an update of lb-1 is under way/,
    ],
  ];
  for (const [prepare, reason] of refusals) {
    const scene = new Scene();
    prepare(scene);
    const before = scene.state.slots["web-1"];
    assert.match(scene.send(wish), new RegExp(`^refused: .*${reason.source}`));
    assert.equal(scene.state.slots["web-1"]?.wish, before?.wish);
  }
  assert.equal(new Scene().send({ ...wish, slot: "web-9" }), "refused: web-9 is not planned");
});

test("a wish that could not begin in time is forgotten", () => {
  const scene = new Scene();
  scene.send(wish);
  scene.send({ kind: "pause", forMs: 2 * limits.wishMs, by: "ben" });
  scene.pass(1_000);
  assert.match(scene.sentence("web-1"), /anna asks for it; nothing is done: repairs are paused/);
  scene.pass(3 * limits.wishMs);
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(scene.repairs(), []);
});
