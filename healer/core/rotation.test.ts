import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, running, Scene } from "./scene.ts";

const drain = { kind: "drain", slot: "web-1", by: "anna", force: false } as const;
const undrain = { kind: "undrain", slot: "web-1", by: "anna" } as const;

/** Which way each machine was sent, in their order. */
function moves({ actions }: Scene): string[] {
  return actions.flatMap((action) => (action.kind === "rotate" ? [`${action.slot} ${action.to}`] : []));
}

test("a worker is drained when a person wants it, and comes back when they want that", () => {
  const scene = new Scene();
  assert.equal(scene.send(drain), "anna drains web-1");
  scene.pass(1_000);
  assert.equal(scene.status("web-1"), "green");
  assert.equal(scene.sentence("web-1"), "it beats, and is drained: it gets no requests");
  assert.ok(scene.journal().includes("web-1 is drained: no request is under way there"));
  scene.pass(10 * 60_000);
  assert.deepEqual(moves(scene), ["web-1 out"]);
  assert.deepEqual(scene.state.pages, {});
  scene.send(undrain);
  scene.pass(1_000);
  assert.deepEqual(moves(scene), ["web-1 out", "web-1 in"]);
  assert.equal(scene.sentence("web-1"), "it beats and serves");
});

test("it stays drained over a restart of the healer, and over one of the machine", () => {
  const scene = new Scene();
  scene.send(drain);
  scene.pass(1_000);
  scene.restart();
  scene.pass(15_000);
  assert.deepEqual([scene.status("web-1"), scene.state.slots["web-1"]?.drain?.by], ["green", "anna"]);
  scene.beats.set("web-1", { ...beat, incarnation: "b" });
  scene.pass(5_000);
  assert.equal(moves(scene).at(-1), "web-1 out");
  assert.equal(scene.sentence("web-1"), "it beats, and is drained: it gets no requests");
  scene.send(undrain);
  scene.restart();
  assert.equal(scene.state.slots["web-1"]?.drain, undefined);
});

test("what cannot be drained is asked again after a while, and says why", () => {
  const scene = new Scene();
  scene.rotates = { ok: false, reason: "requests are still under way there after 60 s" };
  scene.send(drain);
  scene.pass(limits.backoffMs + 1_000);
  assert.deepEqual(moves(scene), ["web-1 out", "web-1 out"]);
  assert.match(scene.journal().join(), /web-1 could not be drained: requests are still under way there after 60 s/);
});

test("one question is under way at a time, and an answer to an older one says nothing", () => {
  const scene = new Scene();
  scene.rotates = undefined;
  scene.send(drain);
  scene.pass(limits.drainMs);
  assert.deepEqual(moves(scene), ["web-1 out"]);
  const stale = { kind: "rotated", slot: "web-1", generation: 7, outcome: { ok: true } } as const;
  assert.match(scene.send(stale), /^ignored: web-1 was not asked that/);
  scene.pass(15_000);
  assert.deepEqual(moves(scene), ["web-1 out", "web-1 out"]);
});

test("the last worker that serves is drained by force alone, and a balancer never", () => {
  const scene = new Scene();
  scene.send({ ...drain, slot: "web-2" });
  scene.pass(1_000);
  assert.equal(scene.send(drain), "refused: web-1 is the last worker of this host that serves");
  assert.match(scene.send({ ...drain, slot: "lb-1" }), /^refused: lb-1 is a balancer/);
  assert.equal(scene.send({ ...drain, slot: "web-9" }), "refused: web-9 is not planned");
  assert.equal(scene.send({ ...undrain, slot: "web-9" }), "refused: web-9 is not planned");
  assert.equal(scene.send({ ...drain, force: true }), "anna drains web-1");
});

test("a drained worker is repaired like any other, and drained again after it", () => {
  const scene = new Scene();
  scene.send(drain);
  scene.pass(1_000);
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(limits.batchMs + 200);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
  scene.domains["web-1"] = { ...running, id: 2 };
  scene.beats.delete("web-1");
  scene.repaired("web-1");
  scene.pass(5_000);
  assert.equal(scene.sentence("web-1"), "it beats, and is drained: it gets no requests");
});

test("what is to be replaced for a wish is drained first, and put back if that comes to nothing", () => {
  const scene = new Scene();
  scene.rotates = undefined;
  scene.send({ kind: "replace", slot: "web-1", by: "anna" });
  scene.pass(5_000);
  assert.match(scene.sentence("web-1"), /anna asks for it; its requests are finished first$/);
  assert.deepEqual([moves(scene), scene.repairs()], [["web-1 out"], []]);
  scene.rotates = { ok: true };
  scene.beats.set("web-1", { ...beat, service: "draining" });
  scene.send({ kind: "rotated", slot: "web-1", generation: 1, outcome: { ok: true } });
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
  scene.repaired("web-1", { code: "locked", reason: "the stack is held by ben." });
  scene.pass(5_000);
  assert.deepEqual(moves(scene), ["web-1 out", "web-1 in"]);
  assert.equal(scene.status("web-1"), "green");
});

test("a worker that drains though nobody wants that is put back, once it is clear that it does not end", () => {
  const scene = new Scene();
  scene.beats.set("web-1", { ...beat, service: "draining" });
  scene.pass(limits.serviceGraceMs);
  assert.deepEqual(moves(scene), []);
  scene.pass(2_000);
  assert.deepEqual(moves(scene), ["web-1 in"]);
});

test("one that does not serve has nothing to finish, and is replaced at once", () => {
  const scene = new Scene();
  scene.beats.set("web-1", { ...beat, service: "silent" });
  scene.pass(1_000);
  scene.send({ kind: "replace", slot: "web-1", by: "anna" });
  scene.pass(limits.batchMs + 200);
  assert.deepEqual([moves(scene), scene.repairs()], [[], ["replace web-1"]]);
});
