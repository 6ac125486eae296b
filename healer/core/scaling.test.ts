import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, running, Scene } from "./scene.ts";

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

test("a failed change is over, drift is looked for, and what was removed half-way is made again", () => {
  const scene = new Scene();
  scene.send(down);
  scene.pass(2_000);
  assert.deepEqual(updates(scene), ["web-2 out", 1]);
  scene.become("web-2", { state: "absent", reason: "" });
  assert.match(
    scaled(scene, { code: "failed", reason: "the provider is gone" }),
    /^not 1 workers: failed: the provider/,
  );
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["replace web-2"]);
  scene.domains["web-2"] = { ...running, id: 2 };
  scene.beats.delete("web-2");
  scene.repaired("web-2");
  scene.pass(1_000);
  assert.ok(scene.actions.some(({ kind }) => kind === "checkDrift"));
});

test("one whose result never comes is given up, and an answer to it says nothing any more", () => {
  const scene = new Scene();
  scene.send(up);
  scene.pass(limits.repairDeadlineMs + 500);
  assert.deepEqual([scene.state.scaling, scene.state.updating], [undefined, undefined]);
  assert.match(scaled(scene), /^ignored: no change of the number of workers/);
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
