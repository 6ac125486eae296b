import assert from "node:assert/strict";
import { test } from "node:test";
import { beat, limits, Scene } from "./scene.ts";
import { SiteScene } from "./siteScene.ts";

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

/** Nobody on this side of a cut has the address, and the balancer here may say why. */
function cut(site: SiteScene, vip: boolean, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    site.pass(1_000);
    if (vip) site.scene.beat("lb-1", cutOff);
    site.scene.send({ kind: "vipHolders", macs: [] });
  }
}

test("that nobody has the address is said by nobody who cannot see the other side", () => {
  const site = new SiteScene({ hasWitness: true });
  site.pass(10_000);
  site.lose();
  site.witnessAnswers = false;
  cut(site, true, 60);
  assert.deepEqual(Object.keys(site.scene.state.pages), ["hostIsolated"]);
  assert.deepEqual(site.pages().length, 1, "also before this healer knew that its host was cut off");
  site.bringBack();
  site.witnessAnswers = true;
  cut(site, false, 2);
  assert.deepEqual(site.scene.state.pages, {}, "it counts from when it can be seen");
  cut(site, false, 3);
  assert.deepEqual(Object.values(site.scene.state.pages), ["nobody has the service's address"]);
});

test("a page about the address ends when it turns out that this host is cut off", () => {
  const site = new SiteScene({ hasWitness: true });
  site.pass(10_000);
  site.lose();
  site.witnessAnswers = false;
  cut(site, false, 6);
  assert.deepEqual(Object.values(site.scene.state.pages), ["nobody has the service's address"]);
  cut(site, false, 10);
  assert.deepEqual(Object.keys(site.scene.state.pages), ["hostIsolated"]);
});
