import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, Scene } from "./scene.ts";

const move = { kind: "moveVip", by: "anna" } as const;
const done = { kind: "vipMoved", generation: 1, outcome: { ok: true, tookMs: 2_000 } } as const;

function holding(holdsVip = true): Scene {
  const scene = new Scene();
  hold(scene, holdsVip);
  scene.pass(500);
  return scene;
}

function hold(scene: Scene, holdsVip: boolean): void {
  scene.beats.set("lb-1", { ...beat, vrrp: holdsVip ? "MASTER" : "BACKUP", holdsVip });
}

function repairOther(scene: Scene): void {
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(500);
}

function outcomes({ actions }: Scene): string[] {
  return actions.flatMap((action) => {
    return action.kind === "journal" && action.entry.kind === "vipMoveEnded" ? [action.entry.outcome] : [];
  });
}

test("the holder is asked to yield by one update, and what counts is who holds the address afterwards", () => {
  const scene = holding();
  assert.equal(scene.send(move), "anna moves the service's address away from lb-1");
  assert.deepEqual(scene.actions.at(-1), { kind: "moveVip", slot: "lb-1", generation: 1 });
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(2_000);
  assert.deepEqual(scene.repairs(), []);
  hold(scene, false);
  scene.send(done);
  scene.pass(2_500);
  assert.deepEqual(outcomes(scene), ["ok"]);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
});

test("an address that stays was not moved, and drift is looked for in any case", () => {
  const scene = holding();
  scene.send(move);
  scene.send(done);
  scene.pass(2_500);
  assert.match(outcomes(scene)[0] ?? "", /^preflight: lb-1 still holds it: no balancer of another host/);
  assert.ok(scene.actions.some(({ kind }) => kind === "checkDrift"));
});

test("a move that failed, or whose result never comes, is over", () => {
  const scene = holding();
  scene.send(move);
  scene.send({ ...done, outcome: { ok: false, code: "locked", reason: "ben holds the stack." } });
  assert.deepEqual(outcomes(scene), ["locked: ben holds the stack."]);
  assert.deepEqual([scene.state.vipMove, scene.state.updating], [undefined, undefined]);
  scene.send(move);
  scene.pass(limits.repairDeadlineMs + 200);
  assert.match(outcomes(scene)[1] ?? "", /^deadline: no result/);
  assert.match(scene.send({ ...done, generation: 2 }), /^ignored: no move 2 of the address is under way/);
});

test("it is refused with the reason by whoever does not hold it, and while it is not safe", () => {
  assert.match(holding(false).send(move), /^refused: no balancer of this host holds the service's address/);
  const refusals: readonly [(scene: Scene) => void, RegExp][] = [
    [(scene) => scene.send(move), /the address is being moved/],
    [(scene) => scene.send({ kind: "scale", workers: 3, by: "ben" }), /an update of the stack is under way/],
    [(scene) => scene.send({ kind: "pause", forMs: 60_000, by: "ben" }), /repairs are paused for 60 s more/],
    [(scene) => scene.send({ kind: "hypervisorSilent", reason: "no answer" }), /libvirt does not answer/],
    [repairOther, /an update of the stack is under way/],
    [(scene) => scene.become("lb-1", { state: "paused", reason: "user" }), /lb-1 is yellow/],
  ];
  for (const [prepare, reason] of refusals) {
    const scene = holding();
    prepare(scene);
    assert.match(scene.send(move), new RegExp(`^refused: .*${reason.source}`));
  }
  const scene = holding();
  scene.send(move);
  assert.match(scene.send({ kind: "replace", slot: "web-1", by: "ben" }), /^refused: an update of lb-1 is under way/);
  assert.match(scene.send({ kind: "scale", workers: 3, by: "ben" }), /^refused: an update of lb-1 is under way/);
});

test("who holds the address and is to be replaced for a wish yields it first", () => {
  const scene = holding();
  scene.send({ kind: "replace", slot: "lb-1", by: "anna" });
  scene.pass(300);
  assert.match(scene.sentence("lb-1"), /it yields the service's address first/);
  assert.deepEqual(scene.actions.filter(({ kind }) => kind === "moveVip").length, 1);
  scene.pass(2_000);
  hold(scene, false);
  scene.send(done);
  assert.deepEqual(scene.repairs(), []);
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["replace lb-1"]);
});

test("who cannot yield the address is not replaced for a wish, and says why until that is forgotten", () => {
  const scene = holding();
  scene.send({ kind: "replace", slot: "lb-1", by: "anna" });
  scene.pass(300);
  scene.send(done);
  scene.pass(2_500);
  assert.match(
    scene.sentence("lb-1"),
    /it waits: it could not yield the service's address: preflight: lb-1 still holds it/,
  );
  scene.pass(limits.backoffMs);
  assert.equal(scene.actions.filter(({ kind }) => kind === "moveVip").length, 2);
  scene.pass(limits.wishMs);
  assert.deepEqual([scene.repairs(), scene.status("lb-1")], [[], "green"]);
});

test("the address is not asked for beside another update", () => {
  const scene = holding();
  scene.send({ kind: "replace", slot: "lb-1", by: "anna" });
  scene.pass(300);
  scene.send(done);
  scene.pass(2_500);
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(limits.backoffMs * 2);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
  assert.equal(scene.actions.filter(({ kind }) => kind === "moveVip").length, 1);
});

test("a balancer that does not hold the address, or is silent, yields nothing", () => {
  const idle = holding(false);
  idle.send({ kind: "replace", slot: "lb-1", by: "anna" });
  idle.pass(500);
  assert.deepEqual(idle.repairs(), ["replace lb-1"]);
  const silent = holding();
  silent.silent.add("lb-1");
  silent.pass(1_000);
  silent.send({ kind: "replace", slot: "lb-1", by: "anna" });
  silent.pass(500);
  assert.deepEqual(silent.repairs(), ["replace lb-1"]);
});
