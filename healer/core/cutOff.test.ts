import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, Scene } from "./scene.ts";

const cutOff = { ...beat, vrrp: "FAULT", isCutOff: true } as const;

test("a balancer that stands back because its host is cut off is well, and says so", () => {
  const scene = new Scene();
  scene.pass(limits.bootMs);
  scene.beats.set("lb-1", cutOff);
  scene.pass(limits.unfitGraceMs + 60_000);
  assert.deepEqual(scene.repairs(), []);
  assert.equal(scene.status("lb-1"), "green");
  assert.equal(
    scene.sentence("lb-1"),
    "it beats and serves, and stands back: it hears neither the witness nor any machine of another host",
  );
});

test("one that alone hears nothing, while the witness answers its host, is repaired", () => {
  const scene = new Scene();
  scene.pass(limits.bootMs);
  scene.beats.set("lb-1", cutOff);
  for (let seconds = 0; seconds < 60; seconds += 1) {
    scene.send({ kind: "witness", answered: true });
    scene.pass(1_000);
  }
  assert.deepEqual(scene.repairs().slice(0, 1), ["restartKeepalived lb-1"]);
});

test("one that says FAULT though it hears the others is repaired", () => {
  const scene = new Scene();
  scene.pass(limits.bootMs);
  scene.beats.set("lb-1", { ...beat, vrrp: "FAULT" });
  scene.pass(limits.unfitGraceMs + 10_000);
  assert.deepEqual(scene.repairs().slice(0, 1), ["restartKeepalived lb-1"]);
});

test("one that stands back still has its other faults", () => {
  const scene = new Scene();
  scene.pass(limits.bootMs);
  scene.beats.set("lb-1", { ...cutOff, freeBytes: 0 });
  scene.pass(2_000);
  assert.match(scene.sentence("lb-1"), /^guest's disk full: /);
});
