import assert from "node:assert/strict";
import { test } from "node:test";
import type { Beat, DomainFact } from "./facts.ts";
import { beat, limits, running, Scene } from "./scene.ts";

test("a quiet host is green, and nothing is done", () => {
  const scene = new Scene();
  scene.pass(60_000);
  assert.deepEqual(
    ["lb-1", "web-1", "web-2"].map((slot) => scene.status(slot)),
    ["green", "green", "green"],
  );
  assert.deepEqual(scene.repairs(), []);
});

test("a VM that crashed is replaced after the moment in which others may join it, and says why", () => {
  const scene = new Scene();
  const reason = scene.become("web-1", { state: "crashed", reason: "failed" });
  assert.equal(reason, "VM crashed: libvirt says crashed (failed)");
  scene.pass(limits.batchMs + 100);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
  assert.equal(scene.sentence("web-1"), "replacing web-1: VM crashed: libvirt says crashed (failed)");
});

test("machines that die together are one batch, and one that dies during the update waits for the next", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(100);
  scene.become("lb-1", { state: "crashed", reason: "failed" });
  scene.pass(1_000);
  scene.become("web-2", { state: "crashed", reason: "failed" });
  scene.pass(5_000);
  assert.deepEqual(scene.repairs(), ["replace lb-1 web-1"]);
  for (const slot of ["lb-1", "web-1"]) {
    scene.domains[slot] = { state: "running", reason: "booted", id: 2 };
    scene.send({ kind: "repaired", generation: 1, slot, outcome: { ok: true, tookMs: 5_000 } });
  }
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["replace lb-1 web-1", "replace web-2"]);
});

test("a repair that helped is green once the machine serves, and then drift is checked", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(limits.stoppedGraceMs + 100);
  assert.deepEqual(scene.repairs(), ["start web-1"]);
  scene.domains["web-1"] = { state: "running", reason: "booted", id: 2 };
  scene.silent.add("web-1");
  const reason = scene.send({ kind: "repaired", generation: 1, slot: "web-1", outcome: { ok: true, tookMs: 400 } });
  assert.equal(reason, "start done in 0.4 s; it has 30 s to beat and serve");
  scene.pass(8_000);
  assert.equal(scene.status("web-1"), "settling");
  scene.silent.delete("web-1");
  scene.pass(400);
  assert.equal(scene.status("web-1"), "green");
  assert.deepEqual(
    scene.actions.filter(({ kind }) => kind === "checkDrift"),
    [{ kind: "checkDrift", generation: 1 }],
  );
});

test("a start that does not bring it back is followed by a replacement", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(limits.stoppedGraceMs + 100);
  scene.send({
    kind: "repaired",
    generation: 1,
    slot: "web-1",
    outcome: { ok: false, code: "failed", reason: "no disk" },
  });
  scene.pass(10_000);
  assert.deepEqual(scene.repairs(), ["start web-1", "replace web-1"]);
});

test("a silent VM is asked, reset only after 5 s, and a stall of 3 s is nothing", () => {
  const scene = new Scene();
  scene.pingAnswers = false;
  scene.silent.add("web-1");
  scene.pass(3_000);
  assert.equal(scene.status("web-1"), "yellow");
  assert.match(
    scene.sentence("web-1"),
    /no heartbeat for \d+ ms and no answer to \d+ pings; a guest or its host may stand still/,
  );
  scene.silent.delete("web-1");
  scene.pass(1_000);
  assert.equal(scene.status("web-1"), "green");
  scene.silent.add("web-1");
  scene.pass(4_700);
  assert.deepEqual(scene.repairs(), []);
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["reset web-1"]);
});

test("all workers silent at once while their domains run are left alone, and a person is told", () => {
  const scene = new Scene();
  scene.pingAnswers = false;
  scene.silent.add("web-1").add("web-2");
  scene.pass(60_000);
  assert.deepEqual(scene.repairs(), []);
  assert.match(
    scene.sentence("web-1"),
    /2 of 2 workers failed within 10 s while their domains run, so this is load or the network/,
  );
  assert.ok(scene.actions.some((action) => action.kind === "page" && action.topic === "massFailure"));
});

test("silence that was not listened to says nothing", () => {
  const scene = new Scene();
  scene.nowMs += 30_000;
  assert.equal(
    scene.send({ kind: "tick", lagMs: 29_900 }),
    "I was not listening for 29900 ms: silence that was not listened to says nothing",
  );
  scene.pingAnswers = false;
  scene.pass(500);
  assert.deepEqual(scene.repairs(), []);
  assert.ok(["green", "unknown"].includes(scene.status("web-1") ?? ""));
});

test("while libvirt does not answer nothing is done, however silent a machine is", () => {
  const scene = new Scene();
  scene.pingAnswers = false;
  scene.silent.add("web-1");
  for (let second = 0; second < 60; second++) {
    scene.send({ kind: "hypervisorSilent", reason: "no answer in 3 s" });
    for (let tick = 0; tick < 10; tick++) {
      scene.nowMs += 100;
      scene.send({ kind: "tick", lagMs: 0 });
    }
  }
  assert.deepEqual(scene.repairs(), []);
});

test("without space for an overlay nothing is deleted, and the sentence says so", () => {
  const scene = new Scene();
  scene.send({ kind: "space", poolFreeBytes: 100 * 1024 * 1024, stateFreeBytes: 1e10 });
  scene.become("web-1", { state: "crashed", reason: "failed" });
  scene.pass(5_000);
  assert.deepEqual(scene.repairs(), []);
  assert.match(scene.sentence("web-1"), /nothing is deleted: the storage pool has 100 MiB left of the 512 MiB/);
});

test("a locked stack costs no budget: the same repair is tried again, and a person is told once", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "crashed", reason: "failed" });
  for (let generation = 1; generation <= 10; generation++) {
    scene.pass(limits.backoffMs + 500);
    const outcome = { ok: false, code: "locked", reason: "pulumi up of pid 7 holds the stack" } as const;
    scene.send({ kind: "repaired", generation, slot: "web-1", outcome });
  }
  assert.equal(scene.repairs().length, 10);
  assert.equal(scene.state.slots["web-1"]?.repairsMs.length, 0);
  assert.equal(scene.actions.filter(({ kind }) => kind === "page").length, 1);
});

test("repairs that never help end at the breaker and at the budget, never sooner than the backoff", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "crashed", reason: "failed" });
  for (let round = 0; round < 340; round++) {
    scene.pass(10_000);
    const attempt = scene.state.slots["web-1"]?.attempt;
    if (attempt === undefined) continue;
    const outcome = { ok: false, code: "failed", reason: "it does not start" } as const;
    scene.send({ kind: "repaired", generation: attempt.generation, slot: "web-1", outcome });
  }
  assert.ok(scene.repairs().length <= limits.slotBudget, `${scene.repairs().length} repairs in 57 minutes`);
  assert.ok(scene.journal().some((sentence) => /repairs in a row did not help/.test(sentence)));
});

test("paused means that nothing is done, and it ends by itself", () => {
  const scene = new Scene();
  scene.send({ kind: "pause", forMs: 60_000, by: "root" });
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(50_000);
  assert.deepEqual(scene.repairs(), []);
  assert.match(scene.sentence("web-1"), /repairs are paused for \d+ s more/);
  scene.pass(11_000);
  assert.deepEqual(scene.repairs(), ["start web-1"]);
});

test("a worker whose silence is named first is not reset while its sibling's silence has no name yet", () => {
  const scene = new Scene();
  scene.pingAnswers = undefined;
  for (const slot of ["web-1", "web-2"]) scene.silent.add(slot);
  scene.pass(limits.resetAfterMs + 1_000);
  const lostPings = () => scene.send({ kind: "ping", slot: "web-1", answered: false });
  for (let count = 0; count < limits.pings; count += 1) lostPings();
  scene.pass(500);
  assert.match(scene.sentence("web-1"), /it waits: web-2 is silent too/);
  assert.deepEqual(scene.repairs(), []);
  scene.silent.delete("web-2");
  scene.pass(400);
  lostPings();
  scene.pass(500);
  assert.deepEqual(scene.repairs(), ["reset web-1"]);
});

test("the pause of one machine is its own, and ends with the pause of all", () => {
  const scene = new Scene();
  const stopped: DomainFact = { state: "stopped", reason: "destroyed" };
  assert.equal(
    scene.send({ kind: "pause", slot: "web-1", forMs: 60_000, by: "anna" }),
    "anna paused the repairs of web-1 for 1 min",
  );
  scene.become("web-1", stopped);
  scene.become("lb-1", stopped);
  scene.pass(20_000);
  assert.deepEqual(scene.repairs(), ["start lb-1"]);
  assert.match(scene.sentence("web-1"), /its repairs are paused for \d+ s more/);
  scene.send({ kind: "resume", slot: "web-2", by: "anna" });
  scene.pass(5_000);
  assert.deepEqual(scene.repairs(), ["start lb-1"]);
  scene.send({ kind: "resume", by: "anna" });
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["start lb-1", "start web-1"]);
});

test("a machine's own resume leaves the pause of all as it is", () => {
  const scene = new Scene();
  scene.send({ kind: "pause", forMs: 60_000, by: "root" });
  scene.send({ kind: "resume", slot: "web-1", by: "root" });
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(20_000);
  assert.deepEqual(scene.repairs(), []);
});

test("a result of another generation is ignored, and said to be", () => {
  const scene = new Scene();
  const reason = scene.send({ kind: "repaired", generation: 9, slot: "web-1", outcome: { ok: true, tookMs: 1 } });
  assert.equal(reason, "ignored: web-1 has no repair 9 under way");
});

test("a machine that speaks what nobody understands is not silent, and is left alone", () => {
  const scene = new Scene();
  scene.silent.add("web-1");
  for (let second = 0; second < 60; second++) {
    scene.send({ kind: "misheard", slot: "web-1", reason: "service: unknown" });
    scene.pass(1_000);
  }
  assert.deepEqual(scene.repairs(), []);
  assert.match(scene.sentence("web-1"), /it speaks, and I do not understand it: service: unknown/);
});

test("drift is looked for now and then, sooner if some was found, and a person is told until it is gone", () => {
  const scene = new Scene();
  const checks = () => scene.actions.filter(({ kind }) => kind === "checkDrift").length;
  scene.pass(6 * 60_000);
  assert.equal(checks(), 1);
  assert.equal(
    scene.send({ kind: "driftChecked", generation: 0, drift: { clean: false, found: "web-1: update (autostart)" } }),
    "drift: web-1: update (autostart)",
  );
  scene.pass(limits.driftRetryMs + 1_000);
  assert.equal(checks(), 2);
  assert.ok("drift" in scene.state.pages);
  scene.send({ kind: "driftChecked", generation: 0, drift: { clean: true } });
  assert.ok(!("drift" in scene.state.pages));
});

test("a difference that was found while a machine was not well is not called drift", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "crashed", reason: "failed" });
  const drift = { clean: false, found: "web-1: create" } as const;
  const reason = scene.send({ kind: "driftChecked", generation: 0, drift });
  assert.equal(reason, "drift could not be judged: web-1 was red meanwhile");
  assert.ok(!("drift" in scene.state.pages));
});

test("a machine that has booted without libvirt's knowing is given the time of a boot", () => {
  const scene = new Scene();
  const starting: Beat = { ...beat, incarnation: "b", service: "starting" };
  scene.silent.add("web-1");
  for (let beats = 0; beats < 50; beats++) {
    scene.beat("web-1", starting);
    scene.pass(200);
  }
  assert.equal(scene.status("web-1"), "unknown");
  assert.deepEqual(scene.repairs(), []);
});

test("most workers with the same trouble inside are not made anew, and those that serve go one at a time", () => {
  const scene = new Scene();
  const full: Beat = { ...beat, freeBytes: 0 };
  for (let beats = 0; beats < 60; beats++) {
    for (const slot of ["web-1", "web-2"]) scene.beat(slot, full);
    scene.silent.add("web-1").add("web-2");
    scene.pass(200);
  }
  assert.deepEqual(scene.repairs(), []);
  assert.match(scene.sentence("web-1"), /nothing is done: 2 of 2 workers failed within 10 s/);
});

test("of many beats each is judged as of its own time, and one of a machine that is not planned is nobody's", () => {
  const scene = new Scene();
  const early = { value: beat, atMs: scene.nowMs - 100 };
  const refused: Beat = { ...beat, service: "refused" };
  const beats = { "web-1": early, "web-2": { value: refused, atMs: scene.nowMs }, "web-9": early };
  scene.send({ kind: "beats", beats });
  assert.equal(scene.state.slots["web-1"]?.facts.beat?.atMs, scene.nowMs - 100);
  assert.match(scene.sentence("web-2"), /nothing listens on its port/);
  assert.equal(scene.status("web-9"), undefined);
});

test("one lost ping does not make a machine unreachable", () => {
  const scene = new Scene();
  scene.silent.add("web-1");
  scene.pass(5_400);
  scene.send({ kind: "ping", slot: "web-1", answered: false });
  scene.pass(300);
  assert.deepEqual(scene.repairs(), []);
});

test("pings that were lost long ago do not make a machine unreachable", () => {
  const scene = new Scene();
  scene.silent.add("web-1");
  scene.pingAnswers = false;
  scene.pass(3_000);
  scene.pingAnswers = undefined;
  scene.pass(1_500);
  scene.send({ kind: "tick", lagMs: 1_000 });
  scene.pass(20_000);
  assert.deepEqual(scene.repairs(), []);
});

test("a batch that fails is one repair that did not help", () => {
  const scene = new Scene();
  for (const slot of ["lb-1", "web-1", "web-2"]) scene.become(slot, { state: "crashed", reason: "failed" });
  scene.pass(500);
  const outcome = { ok: false, code: "failed", reason: "the engine fails" } as const;
  for (const slot of ["lb-1", "web-1", "web-2"]) scene.send({ kind: "repaired", generation: 1, slot, outcome });
  scene.pass(limits.backoffMs + 1_000);
  assert.equal(scene.repairs().length, 2);
});

test("a machine that dies while it settles is not waited for", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.pass(limits.stoppedGraceMs + 100);
  scene.domains["web-1"] = { state: "crashed", reason: "failed" };
  scene.send({ kind: "repaired", generation: 1, slot: "web-1", outcome: { ok: true, tookMs: 400 } });
  scene.pass(11_000);
  assert.deepEqual(scene.repairs(), ["start web-1", "replace web-1"]);
});

test("a domain that libvirt saves or dumps is left to that", () => {
  const scene = new Scene();
  scene.become("lb-1", { state: "paused", reason: "saving", id: 1 });
  scene.pass(limits.jobGraceMs - 1_000);
  assert.deepEqual(scene.repairs(), []);
  assert.equal(scene.sentence("lb-1"), "libvirt says paused (saving), and is at work on it");
  scene.become("lb-1", running);
  scene.become("lb-1", { state: "paused", reason: "dumping", id: 1 });
  scene.pass(limits.jobGraceMs - 1_000);
  assert.deepEqual(scene.repairs(), [], "another one has its own time");
});

test("a domain that libvirt saves or dumps for ever is not", () => {
  for (const [slot, expected] of [
    ["lb-1", "powerCycle lb-1"],
    ["web-1", "resume web-1"],
  ] as const) {
    const scene = new Scene();
    scene.become(slot, { state: "paused", reason: "dumping", id: 1 });
    scene.pass(limits.jobGraceMs + 500);
    assert.deepEqual(scene.repairs(), [expected]);
    assert.match(scene.journal().join(), /libvirt says paused \(dumping\) for 60 s, and no such job takes that long/);
  }
});

test("an address that nobody has is a person's concern", () => {
  const scene = new Scene();
  for (let second = 0; second < 5; second++) {
    scene.send({ kind: "vipHolders", macs: [] });
    scene.pass(1_000);
  }
  assert.equal(scene.state.pages.vipNone, "nobody has the service's address");
  scene.send({ kind: "vipHolders", macs: ["52:54:00:a8:0a:10"] });
  scene.pass(200);
  assert.ok(!("vipNone" in scene.state.pages));
});

test("that nobody asks who has the address is told once, and what was told of the address is not over", () => {
  const scene = new Scene();
  const unasked = { kind: "vipUnasked", reason: "arping does not run: it ended with 2" } as const;
  scene.send({ kind: "vipHolders", macs: ["52:54:00:a8:0a:10"] });
  for (let second = 0; second < 5; second++) {
    scene.send(unasked);
    scene.pass(1_000);
  }
  const sentence = "nobody asks who has the service's address: arping does not run: it ended with 2";
  assert.deepEqual(scene.state.pages, { vipUnasked: sentence });
  assert.equal(scene.state.host.vipHolders, undefined);
  for (let second = 0; second < 5; second++) {
    scene.send({ kind: "vipHolders", macs: [] });
    scene.pass(1_000);
  }
  assert.deepEqual(Object.keys(scene.state.pages), ["vipNone"]);
  scene.send(unasked);
  scene.pass(1_000);
  assert.deepEqual(Object.keys(scene.state.pages).sort(), ["vipNone", "vipUnasked"]);
  scene.send({ kind: "vipHolders", macs: ["52:54:00:a8:0a:10"] });
  scene.pass(200);
  assert.deepEqual(scene.state.pages, {});
});

test("a machine that could not be started is started, though it was announced as one that died", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "crashed", reason: "failed" });
  assert.equal(scene.status("web-1"), "red");
  scene.pass(100);
  scene.domains["web-1"] = { state: "stopped", reason: "failed" };
  scene.poll();
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["start web-1"]);
  scene.repaired("web-1", { code: "failed", reason: "no disk" });
  scene.pass(10_000);
  assert.deepEqual(scene.repairs(), ["start web-1", "replace web-1"]);
});

test("a domain that ends because it is being undefined is not started in between", () => {
  const scene = new Scene();
  scene.become("web-1", { state: "stopped", reason: "destroyed" });
  scene.domains["web-1"] = { state: "absent", reason: "" };
  scene.poll();
  scene.pass(1_000);
  assert.deepEqual(scene.repairs(), ["replace web-1"]);
});

test("a machine that falls silent just after the healer's own start is named as soon as any other", () => {
  const scene = new Scene();
  scene.restart();
  scene.pass(300);
  scene.silent.add("web-1");
  scene.pingAnswers = false;
  scene.pass(limits.silentMs + (limits.pings + 1) * limits.probeIntervalMs);
  assert.match(scene.sentence("web-1"), /VM unreachable/);
});

test("what was asked in one silence answers nothing in the next", () => {
  const scene = new Scene();
  scene.silent.add("web-1");
  scene.pass(limits.silentMs + 200);
  assert.match(scene.sentence("web-1"), /kernel answers ping/);
  scene.silent.delete("web-1");
  scene.pass(400);
  scene.silent.add("web-1");
  scene.pingAnswers = undefined;
  scene.pass(limits.silentMs + 200);
  assert.match(scene.sentence("web-1"), /I am asking the machine itself/);
});

test("what a port did not say while the machine could not be reached is not held against its agent", () => {
  const scene = new Scene();
  scene.silent.add("web-1");
  scene.pingAnswers = false;
  scene.pass(limits.silentMs + (limits.pings + 1) * limits.probeIntervalMs);
  assert.match(scene.sentence("web-1"), /VM unreachable/);
  scene.pingAnswers = undefined;
  scene.send({ kind: "ping", slot: "web-1", answered: true });
  assert.match(scene.sentence("web-1"), /I am asking its port/);
});
