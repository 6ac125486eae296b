import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, Scene } from "./scene.ts";

const down = { kind: "scale", workers: 1, by: "anna" } as const;
const up = { kind: "scale", workers: 3, by: "anna" } as const;

function updates({ actions }: Scene): (number | string)[] {
  return actions.flatMap((action): (number | string)[] => {
    if (action.kind === "scale") return [action.workers];
    return action.kind === "rotate" ? [`${action.slot} ${action.to}`] : [];
  });
}

/** The update's answer. */
function scaled(scene: Scene, failure?: { readonly code: "locked" | "failed"; readonly reason: string }): string {
  const outcome = failure === undefined ? ({ ok: true, tookMs: 9_000 } as const) : ({ ok: false, ...failure } as const);
  return scene.send({ kind: "scaled", generation: scene.state.generation, outcome });
}

/** What was written of its end. */
function ends({ actions }: Scene): string[] {
  return actions.flatMap((action) => {
    if (action.kind !== "journal") return [];
    if (action.entry.kind === "scaleEnded") return [action.entry.outcome];
    return action.entry.kind === "scaleSettled" ? [`settled: ${action.entry.outcome}`] : [];
  });
}

test("more workers are one update, during which no other begins", () => {
  const scene = new Scene();
  assert.equal(scene.send(up), "anna asks for 3 workers");
  scene.pass(200);
  assert.deepEqual(updates(scene), [3]);
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(5_000);
  assert.deepEqual(scene.repairs(), []);
  assert.equal(scaled(scene), "3 workers are deployed after 9.0 s");
  scene.pass(500);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
});

test("the last workers are drained before they are removed, and nobody repairs what is removed", () => {
  const scene = new Scene();
  scene.rotates = undefined;
  scene.send(down);
  scene.pass(3_000);
  assert.deepEqual(updates(scene), ["web-2 out"]);
  scene.beats.set("web-2", { ...beat, service: "draining" });
  scene.send({ kind: "rotated", slot: "web-2", generation: 1, outcome: { ok: true } });
  scene.pass(1_000);
  assert.deepEqual(updates(scene), ["web-2 out", 1]);
  scene.become("web-2", { state: "absent", reason: "" });
  scene.pass(5_000);
  scaled(scene);
  scene.pass(60_000);
  assert.deepEqual(scene.repairs(), []);
  assert.notEqual(scene.status("web-2"), "red", "what becomes of it is nobody's to judge");
  assert.equal(scene.actions.filter(({ kind }) => kind === "page").length, 0);
});

test("what cannot be drained in time is not removed, and is put back", () => {
  const scene = new Scene();
  scene.rotates = { ok: false, reason: "requests are still under way there after 60 s" };
  scene.send(down);
  scene.beats.set("web-2", { ...beat, service: "draining" });
  scene.pass(limits.wishMs + 200);
  assert.equal(scene.state.scaling, undefined);
  const ended = scene.actions.findLast((action) => action.kind === "journal" && action.entry.kind === "scaleEnded");
  assert.match(JSON.stringify(ended), /preflight: web-2 could not be drained: requests are still under way/);
  scene.rotates = { ok: true };
  scene.pass(10_000);
  assert.equal(updates(scene).at(-1), "web-2 in");
  assert.equal(scene.status("web-2"), "green");
});

test("fewer workers that were cut short are brought about by another update, and nobody repairs what goes", () => {
  const scene = new Scene();
  scene.send(down);
  scene.pass(2_000);
  assert.deepEqual(updates(scene), ["web-2 out", 1]);
  scene.become("web-2", { state: "absent", reason: "" });
  assert.match(
    scaled(scene, { code: "failed", reason: "the provider is gone" }),
    /^not 1 workers: failed: the provider/,
  );
  assert.match(scene.send(up), /^refused: a change of the number of workers by anna was cut short/);
  scene.pass(limits.backoffMs - 500);
  assert.deepEqual(updates(scene), ["web-2 out", 1]);
  scene.pass(1_000);
  assert.deepEqual(updates(scene), ["web-2 out", 1, 1]);
  scaled(scene);
  scene.pass(60_000);
  assert.deepEqual(scene.repairs(), []);
  assert.deepEqual(ends(scene), ["failed: the provider is gone", "settled: ok"]);
});

test("more workers that were cut short are taken back, and drift tells whether anything is left", () => {
  const scene = new Scene();
  scene.send(up);
  scene.pass(200);
  scaled(scene, { code: "failed", reason: "the provider is gone" });
  scene.pass(limits.backoffMs + 500);
  assert.deepEqual(updates(scene), [3, 2]);
  assert.match(scaled(scene), /^2 workers are deployed/);
  assert.equal(scene.state.scaling, undefined);
  scene.pass(500);
  assert.ok(scene.actions.some(({ kind }) => kind === "checkDrift"));
  assert.equal(scene.send({ ...up, workers: 4 }), "anna asks for 4 workers");
});

test("what cannot be taken back now waits, what fails is tried again so often, and then it is a person's", () => {
  const scene = new Scene();
  scene.send(up);
  scene.pass(200);
  scaled(scene, { code: "failed", reason: "no" });
  scene.send({ kind: "pause", forMs: 60_000, by: "ben" });
  scene.pass(50_000);
  assert.deepEqual(updates(scene), [3]);
  scene.pass(11_000);
  assert.deepEqual(updates(scene), [3, 2]);
  scaled(scene, { code: "locked", reason: "ben holds the stack" });
  scene.pass(limits.driftRetryMs + 500);
  for (let tries = 1; tries < limits.scaleTries; tries += 1) {
    assert.equal(updates(scene).length, 2 + tries);
    scaled(scene, { code: "failed", reason: "no" });
    scene.pass(limits.backoffMs * 2 ** tries + 500);
  }
  assert.equal(scene.state.scaling, undefined);
  scene.pass(300_000);
  assert.equal(updates(scene).length, 1 + limits.scaleTries);
});

test("one whose result never comes was cut short, and an answer to it says nothing any more", () => {
  const scene = new Scene();
  scene.send(up);
  scene.pass(limits.repairDeadlineMs + 500);
  assert.equal(scene.state.updating, undefined);
  assert.match(scaled(scene), /^ignored: no change of the number of workers/);
  scene.pass(limits.backoffMs);
  assert.deepEqual(updates(scene), [3, 2]);
});

test("a healer that begins after an update that has no end brings it to one, once it has heard who is there", () => {
  const scene = new Scene();
  scene.send(down);
  scene.pass(2_000);
  scene.restart();
  scene.pass(limits.startGraceMs - 500);
  assert.deepEqual(updates(scene), ["web-2 out", 1, "web-2 out"]);
  scene.pass(1_000);
  assert.deepEqual(updates(scene), ["web-2 out", 1, "web-2 out", 1]);
  scaled(scene);
  scene.restart(["lb-1", "web-1"]);
  scene.pass(60_000);
  assert.equal(updates(scene).length, 4);
});

test("what the engine has brought to its end alone needs no other one", () => {
  const scene = new Scene();
  scene.send(down);
  scene.pass(2_000);
  scene.restart(["lb-1", "web-1"]);
  scene.pass(60_000);
  assert.deepEqual(updates(scene), ["web-2 out", 1]);
});

test("nobody is taken for drained who was only not listened to", () => {
  const scene = new Scene();
  scene.rotates = undefined;
  scene.send(down);
  scene.pass(1_000);
  scene.nowMs += 10_000;
  scene.send({ kind: "tick", lagMs: 10_000 });
  assert.deepEqual(updates(scene), ["web-2 out"]);
});

test("it is refused with the reason while it is not safe, and one at a time", () => {
  const refusals: readonly [(scene: Scene) => void, RegExp][] = [
    [(scene) => scene.send({ kind: "pause", forMs: 60_000, by: "ben" }), /repairs are paused for 60 s more/],
    [(scene) => scene.send({ ...up, workers: 4 }), /anna is changing the number of workers to 4/],
    [(scene) => scene.send({ kind: "hypervisorSilent", reason: "no answer" }), /libvirt does not answer/],
    [(scene) => scene.send({ kind: "space", poolFreeBytes: 1e9, stateFreeBytes: 0 }), /too little space left/],
    [(scene) => scene.become("web-1", { state: "crashed", reason: "failed" }), /web-1 is red/],
  ];
  for (const [prepare, reason] of refusals) {
    const scene = new Scene();
    prepare(scene);
    assert.match(scene.send(up), new RegExp(`^refused: .*${reason.source}`));
  }
  assert.equal(new Scene().send({ ...up, workers: 2 }), "refused: this host has 2 workers already");
  const scene = new Scene();
  scene.send(up);
  assert.match(
    scene.send({ kind: "replace", slot: "web-1", by: "ben" }),
    /^refused: the number of workers is being changed/,
  );
});

test("a healer that begins after a change looks for drift as soon as all is at rest", () => {
  const scene = new Scene();
  scene.send(up);
  scene.pass(200);
  scaled(scene);
  scene.restart();
  scene.pass(15_000);
  assert.ok(scene.actions.some(({ kind }) => kind === "checkDrift"));
});
