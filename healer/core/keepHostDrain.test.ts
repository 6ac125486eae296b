import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitedOf } from "./keepHostDrain.ts";
import { pastOf } from "./past.ts";
import { beat, limits, running, Scene } from "./scene.ts";
import { SiteScene } from "./siteScene.ts";

const drain = { kind: "hostDrain", by: "anna", reason: "kernel update" } as const;
const comeBack = { kind: "hostReturn", by: "anna" } as const;

/** All is well on both hosts, and this one has the address. */
function wellSite(others: Readonly<Record<string, number | undefined>> = { mb: undefined }): SiteScene {
  const site = new SiteScene({ others });
  site.holdsVip = true;
  site.pass(5_000);
  return site;
}

function drainedSite(): SiteScene {
  const site = wellSite();
  site.scene.send(drain);
  site.pass(10_000);
  assert.equal(phaseOf(site), "ready");
  return site;
}

function phaseOf({ scene }: SiteScene): string | undefined {
  return scene.state.hostDrain?.phase;
}

/** What was done to the address and the rotation, in its order. */
function moves({ scene }: SiteScene): string[] {
  return scene.actions.flatMap((action) => {
    if (action.kind === "moveVip") return [`${action.slot} yields`];
    return action.kind === "rotate" ? [`${action.slot} ${action.to}`] : [];
  });
}

function drainedSlots({ scene }: SiteScene): string[] {
  return Object.values(scene.state.slots).flatMap(({ slot, drain }) => (drain === undefined ? [] : [slot]));
}

function outcomes({ scene }: SiteScene): string[] {
  return scene.actions.flatMap((action) => {
    return action.kind === "journal" && action.entry.kind === "hostDrainEnded" ? [action.entry.outcome] : [];
  });
}

test("the address leaves first, then all workers are drained, and then the host may be switched off", () => {
  const site = wellSite();
  assert.equal(site.scene.send(drain), "anna takes this host out of service: kernel update");
  assert.equal(awaitedOf(site.scene.state, limits, site.scene.nowMs), "lb-1 holds the service's address");
  site.pass(10_000);
  assert.deepEqual(moves(site), ["lb-1 yields", "web-1 out", "web-2 out"]);
  assert.equal(phaseOf(site), "ready");
  assert.equal(awaitedOf(site.scene.state, limits, site.scene.nowMs), undefined);
  assert.ok(site.scene.journal().includes("this host may be switched off: no request is under way on its workers"));
  assert.equal(site.scene.send(drain), "this host is drained already");
  site.pass(10 * 60_000);
  assert.equal(phaseOf(site), "ready", "it has no end of its own");
  assert.equal(moves(site).length, 3);
});

test("while requests are under way it may not be switched off, and says of which machine", () => {
  const site = wellSite();
  site.holdsVip = false;
  site.pass(1_000);
  site.scene.rotates = { ok: false, reason: "requests are still under way there after 60 s" };
  site.scene.send(drain);
  site.pass(6_000);
  const awaited = awaitedOf(site.scene.state, limits, site.scene.nowMs);
  assert.equal(awaited, "web-1 could not be drained: requests are still under way there after 60 s");
  assert.equal(phaseOf(site), "draining");
  site.scene.become("web-1", { state: "crashed", reason: "failed" });
  site.pass(2_000);
  assert.deepEqual(site.scene.repairs(), []);
  site.scene.domains["web-1"] = { ...running, id: 2 };
  // A healer that has only just begun has heard of no machine yet.
  site.restart();
  site.scene.silent.add("web-1").add("web-2");
  site.pass(3_000);
  assert.equal(phaseOf(site), "draining");
  site.scene.silent.clear();
  site.scene.rotates = { ok: true };
  site.pass(10_000);
  assert.equal(phaseOf(site), "ready");
});

test("nothing is repaired, replaced or scaled here until the host is taken back", () => {
  const site = drainedSite();
  const { scene } = site;
  scene.become("web-1", { state: "crashed", reason: "failed" });
  site.pass(60_000);
  assert.deepEqual(scene.repairs(), []);
  const drained = "this host is drained by anna: kernel update";
  assert.match(scene.sentence("web-1"), new RegExp(`; nothing is done: ${drained}$`));
  assert.match(scene.send({ kind: "replace", slot: "web-2", by: "ben" }), new RegExp(`^refused: .*${drained}`));
  assert.equal(scene.send({ kind: "scale", workers: 3, by: "ben" }), `refused: ${drained}`);
  site.lose();
  site.pass(180_000);
  assert.deepEqual([site.is(), site.scalings()], ["lost", []]);
  scene.send(comeBack);
  scene.pass(limits.batchMs + 200);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
});

test("it comes back when it is wished: each worker once it stays green, the others when they had the time of a repair", () => {
  const site = drainedSite();
  const { scene } = site;
  scene.become("web-1", { state: "crashed", reason: "failed" });
  site.pass(5_000);
  assert.equal(scene.send(comeBack), "anna takes this host back into service");
  assert.equal(scene.send(comeBack), "this host is being returned already");
  site.pass(3_000);
  assert.deepEqual([drainedSlots(site), moves(site).at(-1)], [["web-1"], "web-2 in"]);
  assert.match(awaitedOf(scene.state, limits, scene.nowMs) ?? "", /^web-1 gets no requests yet: replacing web-1/);
  site.pass(limits.repairDeadlineMs);
  assert.deepEqual([drainedSlots(site), phaseOf(site), outcomes(site)], [[], undefined, ["ok"]]);
  site.restart();
  assert.equal(phaseOf(site), undefined);
});

test("a worker that answers at times gets no requests until it stays green", () => {
  const site = drainedSite();
  const { scene } = site;
  const answering = scene.beats.get("web-1") ?? beat;
  scene.beats.set("web-1", { ...answering, service: "silent" });
  site.pass(1_000);
  scene.send(comeBack);
  for (let times = 0; times < 4; times++) {
    scene.beats.set("web-1", { ...answering, service: "silent" });
    site.pass(1_000);
    scene.beats.set("web-1", answering);
    site.pass(limits.steadyMs - 1_000);
    assert.deepEqual(drainedSlots(site), ["web-1"]);
  }
  site.pass(limits.steadyMs);
  assert.deepEqual(drainedSlots(site), []);
});

test("what a person has drained besides stays drained", () => {
  const site = wellSite();
  const { scene } = site;
  scene.send({ kind: "drain", slot: "web-1", by: "ben", force: false });
  site.pass(2_000);
  scene.send(drain);
  site.pass(10_000);
  site.restart();
  scene.send(comeBack);
  site.pass(20_000);
  assert.deepEqual([drainedSlots(site), phaseOf(site)], [["web-1"], undefined]);
  assert.equal(scene.state.slots["web-1"]?.drain?.by, "ben");
});

test("machines that start with a host that is drained are drained again, and the address is left where it is", () => {
  const site = drainedSite();
  const { scene } = site;
  for (const slot of ["web-1", "web-2"]) {
    scene.domains[slot] = { ...running, id: 2 };
    scene.beats.set(slot, { ...beat, incarnation: "b" });
  }
  site.holdsVip = true;
  site.restart();
  site.pass(20_000);
  assert.deepEqual([phaseOf(site), moves(site).slice(3)], ["ready", ["web-1 out", "web-2 out"]]);
  assert.equal(awaitedOf(scene.state, limits, scene.nowMs), "lb-1 holds the service's address");
});

test("one that returns while its machines are just asked to leave has returned when they are back", () => {
  const site = drainedSite();
  // They were made anew, and know nothing of a drain.
  site.scene.beats.clear();
  site.scene.rotates = undefined;
  site.restart();
  site.pass(2_000);
  assert.deepEqual(moves(site).slice(-2), ["web-1 out", "web-2 out"]);
  site.scene.send(comeBack);
  site.pass(2_000);
  assert.deepEqual(moves(site).slice(-2), ["web-1 in", "web-2 in"]);
  assert.deepEqual([drainedSlots(site), outcomes(site)], [[], []], "they have not answered yet, and may leave");
  site.scene.rotates = { ok: true };
  for (const { slot, rotation } of Object.values(site.scene.state.slots)) {
    if (rotation === undefined) continue;
    site.scene.send({ kind: "rotated", slot, generation: rotation.generation, outcome: { ok: true } });
  }
  site.pass(1_000);
  assert.deepEqual(outcomes(site), ["ok"]);
});

test("a healer that is killed at any instant goes on where it was", () => {
  for (let killedMs = 0; killedMs <= 8_000; killedMs += 800) {
    const site = wellSite();
    site.scene.send(drain);
    site.pass(Math.floor(killedMs / 1_000) * 1_000);
    site.scene.pass(killedMs % 1_000);
    site.restart();
    site.pass(30_000);
    assert.deepEqual([phaseOf(site), drainedSlots(site)], ["ready", ["web-1", "web-2"]], `killed after ${killedMs} ms`);
    site.scene.send(comeBack);
    site.scene.pass(killedMs / 4);
    site.restart();
    site.pass(30_000);
    assert.deepEqual([phaseOf(site), drainedSlots(site)], [undefined, []], `killed after ${killedMs / 4} ms`);
    assert.deepEqual(moves(site).slice(-2).toSorted(), ["web-1 in", "web-2 in"]);
  }
});

test("where no other balancer takes the address nothing is drained", () => {
  const site = wellSite();
  site.hasBackup = false;
  site.scene.send(drain);
  site.pass(10_000);
  assert.deepEqual([moves(site), phaseOf(site)], [["lb-1 yields"], undefined]);
  assert.match(outcomes(site)[0] ?? "", /^preflight: lb-1 still holds it: no balancer of another host/);
});

test("an update of another host that began while the drain was asked for is waited for", () => {
  const site = wellSite();
  site.scene.send(drain);
  Object.assign(site.mb, { updating: ["lb-1"] });
  site.pass(20_000);
  assert.deepEqual([phaseOf(site), moves(site)], ["moving", []]);
  Object.assign(site.mb, { updating: undefined });
  site.pass(20_000);
  assert.equal(phaseOf(site), "ready");
});

test("an address that comes back before the host is ready leaves again, or all is taken back", () => {
  const site = wellSite();
  site.scene.rotates = undefined;
  site.scene.send(drain);
  site.pass(6_000);
  assert.equal(phaseOf(site), "draining");
  Object.assign(site, { holdsVip: true, hasBackup: false });
  site.pass(10_000);
  assert.equal(moves(site).filter((move) => move === "lb-1 yields").length, 2);
  assert.deepEqual([phaseOf(site), drainedSlots(site)], [undefined, []]);
});

test("it is refused with the reason if the other hosts could not go on, or if it is not safe now", () => {
  const refusals: readonly [(site: SiteScene) => void, RegExp][] = [
    [(site) => site.lose(), /no other host could serve meanwhile: the healer of mb is not heard/],
    [({ mb }) => Object.assign(mb, { green: 1 }), /only 1 of 2 workers of mb are well/],
    [({ mb }) => Object.assign(mb, { drained: 2 }), /mb has no worker that gets requests/],
    [({ mb }) => Object.assign(mb, { updating: ["lb-1"] }), /an update of lb-1 is under way on mb/],
    [({ mb }) => Object.assign(mb, { workersAnswer: false }), /no worker of mb answers the balancer here/],
    [
      ({ mb }) => Object.assign(mb, { planned: "ben has drained it: disks" }),
      /mb goes away on purpose: ben has drained it: disks/,
    ],
    [({ scene }) => scene.send({ kind: "scale", workers: 3, by: "ben" }), /the number of workers is being changed/],
    [({ scene }) => scene.send({ kind: "moveVip", by: "ben" }), /an update of lb-1 is under way/],
    [({ scene }) => scene.send({ kind: "pause", forMs: 60_000, by: "ben" }), /repairs are paused/],
    [
      (site) => {
        for (let looks = 0; looks < 5; looks += 1) {
          site.scene.send({ kind: "vipHolders", macs: [] });
          site.pass(1_000);
        }
      },
      /nobody has the service's address/,
    ],
  ];
  for (const [prepare, reason] of refusals) {
    const site = wellSite();
    prepare(site);
    // An update that has begun is not answered meanwhile.
    if (site.scene.state.updating === undefined && site.scene.state.scaling === undefined) site.pass(5_000);
    assert.match(site.scene.send(drain), new RegExp(`^refused: .*${reason.source}`));
    assert.equal(phaseOf(site), undefined);
  }
  assert.equal(new Scene().send(drain), "refused: the site has no other host that could serve meanwhile");
});

test("a host that went away on purpose is not forgotten by a healer that is started anew", () => {
  const site = wellSite({ cc: undefined, mb: undefined });
  Object.assign(site.mb, { planned: "ben has drained it: disks", drained: 2 });
  site.pass(2_000);
  site.lose();
  site.pass(5_000);
  site.restart();
  site.pass(12_000);
  assert.match(site.scene.send(drain), /^refused: mb: it went away on purpose: ben has drained it: disks/);
});

test("of several other hosts one that is well is enough", () => {
  const site = wellSite({ cc: undefined, mb: undefined });
  site.lose();
  site.pass(5_000);
  site.scene.send(drain);
  site.pass(10_000);
  assert.equal(phaseOf(site), "ready");
});

test("a healer that has only just started does not know who has the address", () => {
  const site = wellSite();
  site.restart();
  site.scene.silent.add("lb-1");
  site.pass(2_000);
  assert.match(site.scene.send(drain), /^refused: the healer has only just started, and has not heard lb-1 yet/);
});

test("of two hosts that are drained in the same second at most one goes", () => {
  const site = wellSite();
  site.scene.send(drain);
  site.pass(1_000);
  site.mb.planned = "ben has drained it: disks";
  site.pass(10_000);
  assert.deepEqual([phaseOf(site), moves(site), drainedSlots(site)], [undefined, [], []]);
  assert.deepEqual(outcomes(site), ["preflight: mb goes away on purpose: ben has drained it: disks"]);
});

test("while the balancer says nothing, whether it holds the address is not known, and nothing is drained", () => {
  const site = wellSite();
  site.scene.silent.add("lb-1");
  site.pass(3_000);
  site.scene.send(drain);
  site.pass(60_000);
  assert.deepEqual([phaseOf(site), drainedSlots(site)], ["moving", []]);
  site.pass(limits.repairDeadlineMs);
  assert.deepEqual(outcomes(site), ["preflight: lb-1 is not heard, and may hold the service's address"]);
});

test("a worker that gets requests on a host that is ready to go is drained again", () => {
  const site = drainedSite();
  site.scene.send({ kind: "undrain", slot: "web-1", by: "ben" });
  site.pass(10_000);
  assert.deepEqual([phaseOf(site), drainedSlots(site)], ["ready", ["web-1", "web-2"]]);
});

test("a return that the journal did not take is written when it is asked for again", () => {
  const site = wellSite();
  site.scene.send(comeBack);
  assert.deepEqual(outcomes(site), ["ok"]);
  const drained = (slot: string) => ({ kind: "drained", slot, by: "anna", ofHost: true }) as const;
  const written = [
    { kind: "hostDrained", by: "anna", reason: "kernel update" } as const,
    drained("web-1"),
    drained("web-3"),
    { kind: "hostDrainEnded", outcome: "ok" } as const,
  ].map((entry) => ({ entry, agoMs: 1_000 }));
  const { drained: stillDrained, hostDrain } = pastOf(written);
  assert.deepEqual([stillDrained, hostDrain], [[], undefined], "also of machines that were no more when it returned");
});
