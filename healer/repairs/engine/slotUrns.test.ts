import assert from "node:assert/strict";
import { test } from "node:test";
import { imageUrn, isOfWorkerOrImage, lackingUrns, newWorkerUrns, slotUrns, vipMoveUrn } from "./slotUrns.ts";

test("a worker is its disk, its domain and the proof; the seed only if it is lost", () => {
  assert.deepEqual(slotUrns("bk", { slot: "web-1", role: "worker", seed: false }), [
    "urn:pulumi:bk::vigil::vigil:index:WorkerNode$vigil:index:AlpineVm$libvirt:index/volume:Volume::web-1-disk",
    "urn:pulumi:bk::vigil::vigil:index:WorkerNode$vigil:index:AlpineVm$libvirt:index/domain:Domain::web-1",
    "urn:pulumi:bk::vigil::vigil:index:WorkerNode$command:local:Command::web-1-verified",
  ]);
  assert.equal(slotUrns("bk", { slot: "web-1", role: "worker", seed: true }).length, 4);
});

test("a balancer is what was pushed into it, too", () => {
  assert.deepEqual(slotUrns("mb", { slot: "lb-1", role: "balancer", seed: false }).slice(3), [
    "urn:pulumi:mb::vigil::vigil:index:LoadBalancer$command:remote:Command::lb-1-nginx",
    "urn:pulumi:mb::vigil::vigil:index:VirtualAddress$command:remote:Command::lb-1-vip-keepalived",
  ]);
});

test("the address is moved by one command of the balancer", () => {
  const urn = "urn:pulumi:bk::vigil::vigil:index:VirtualAddress$command:remote:Command::lb-1-vip-move";
  assert.equal(vipMoveUrn("bk", "lb-1"), urn);
});

test("a new worker is all of it, and it and images are known by their URNs", () => {
  const urns = newWorkerUrns("bk", "web-1");
  assert.deepEqual(
    urns.map((urn) => urn.split("::").at(-1)),
    ["web-1", "web-1", "web-1-host-key", "web-1-seed", "web-1-disk", "web-1", "web-1-verified"],
  );
  assert.ok([...urns, imageUrn("bk", "c".repeat(64))].every(isOfWorkerOrImage));
  assert.ok(!slotUrns("bk", { slot: "lb-1", role: "balancer", seed: true }).some(isOfWorkerOrImage));
});

test("of workers that were never made whole an update makes the rest first, and of balancers nothing", () => {
  const urns = newWorkerUrns("bk", "web-3");
  const web = { slot: "web-3", role: "worker", seed: false } as const;
  const slots = [web, { slot: "lb-1", role: "balancer", seed: false }] as const;
  assert.deepEqual(lackingUrns("bk", slots, urns.slice(0, 2)), urns.slice(2));
  assert.deepEqual(lackingUrns("bk", slots, urns), []);
});
