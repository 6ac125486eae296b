import assert from "node:assert/strict";
import { test } from "node:test";
import { shareOf } from "./evacuation.ts";
import { beat, limits } from "./scene.ts";
import { SiteScene } from "./siteScene.ts";

const minuteMs = 60_000;

/** A site whose host mb was heard, and is lost. */
function lost(site?: ConstructorParameters<typeof SiteScene>[0]): SiteScene {
  const scene = new SiteScene(site);
  scene.pass(10_000);
  scene.lose();
  scene.pass(limits.hostConfirmMs + 10_000);
  return scene;
}

function passUntil(site: SiteScene, condition: () => boolean): void {
  for (let seconds = 0; !condition(); seconds += 1) {
    assert.ok(seconds < 1_800, `not within half an hour: ${site.scalings().join("; ")}`);
    site.pass(1_000);
  }
}

test("for a host that is lost its workers are made here, and one page says so", () => {
  const site = new SiteScene();
  site.pass(10_000);
  assert.equal(site.is(), "heard");
  site.lose();
  site.pass(50_000);
  assert.equal(site.is(), "silent");
  assert.deepEqual(site.scalings(), []);
  site.pass(3 * minuteMs);
  assert.equal(site.is(), "lost");
  assert.deepEqual(site.scalings(), ["the loss of mb: 4"]);
  assert.deepEqual(site.evacuated, { mb: 2 });
  assert.equal(site.own, 2, "what a person has asked for stays what it was");
  assert.equal(
    site.sentence(),
    "neither its healer nor any of its workers was heard for 60 s; without a witness this host cannot tell whether mb or the cable is lost: it adds workers here only, which costs memory",
  );
  assert.deepEqual(site.pages(), [`another host lost: mb: ${site.sentence()}`], "not one for each machine");
});

test("a host whose healer is silent and whose workers answer is not lost", () => {
  const site = new SiteScene();
  site.pass(10_000);
  site.mb.healerAnswers = false;
  site.pass(10 * minuteMs);
  assert.equal(site.is(), "silent");
  assert.equal(site.sentence(), "its healer is silent, and its workers answer");
  site.mb.workersAnswer = false;
  site.pass(50_000);
  assert.equal(site.is(), "silent", "they may be back in a moment");
  site.pass(20_000);
  assert.equal(site.is(), "lost");
});

test("a balancer that sees no worker at all is no witness, and none is asked", () => {
  const site = new SiteScene();
  site.pass(10_000);
  site.lose();
  site.scene.silent.add("lb-1");
  site.pass(2 * minuteMs);
  assert.equal(site.is(), "silent");
  assert.match(site.sentence() ?? "", /no balancer here can say whether its workers answer/);
  site.scene.silent.delete("lb-1");
  site.ownAnswer = false;
  site.pass(2 * minuteMs);
  assert.equal(site.is(), "silent");
  assert.deepEqual(site.scalings(), []);
});

/** Its last word is that it goes; then it is silent, and its workers with it. */
function gone(planned: string, ending = false): SiteScene {
  const site = new SiteScene();
  site.pass(10_000);
  Object.assign(site.mb, { planned, ending });
  site.pass(5_000);
  site.lose();
  site.pass(5_000);
  assert.equal(site.is(), "planned");
  return site;
}

const told = "its healer was told to end";

test("a host that a person has drained is not stood in for, however long it is away; a page asks after it once", () => {
  const site = gone("anna has drained it: disks");
  site.pass(limits.hostAwayMs - minuteMs);
  site.restart();
  site.pass(minuteMs - 10_000);
  assert.deepEqual([site.is(), site.pages()], ["planned", []]);
  site.pass(20_000);
  const page = "another host away for long: mb: it went away on purpose: anna has drained it: disks";
  assert.deepEqual(site.pages(), [page]);
  site.restart();
  site.pass(60 * minuteMs);
  assert.deepEqual([site.is(), site.scalings(), site.pages()], ["planned", [], [page]]);
  site.bringBack();
  site.pass(5_000);
  assert.deepEqual([site.is(), site.scene.state.pages], ["heard", {}]);
});

test("a host that was drained before this healer began stays so until its first word, though its workers answer", () => {
  const site = gone("anna has drained it: disks");
  site.restart();
  site.pass(2 * minuteMs);
  site.mb.workersAnswer = true;
  site.pass(10_000);
  assert.equal(site.is(), "planned");
  site.lose();
  site.pass(10 * minuteMs);
  assert.deepEqual(
    [site.is(), site.scalings(), site.pages()],
    ["planned", [], []],
    "nor is it lost when they fall silent",
  );
  site.bringBack();
  site.pass(5_000);
  assert.equal(site.is(), "heard");
});

test("a healer that was told to end is expected back: until then its host is not stood in for, and then it is", () => {
  const site = gone(told, true);
  assert.equal(site.sentence(), `it went away on purpose: ${told}; it is expected back within 10 min`);
  site.pass(limits.expectedBackMs - 20_000);
  assert.deepEqual([site.is(), site.scalings(), site.pages()], ["planned", [], []]);
  site.pass(30_000);
  assert.deepEqual([site.is(), site.scalings()], ["lost", ["the loss of mb: 4"]]);
  site.bringBack();
  site.pass(5_000);
  assert.equal(site.is(), "returned");
});

test("a host that was told to end and is back in time is heard, and nothing was made", () => {
  const site = gone(told, true);
  site.pass(limits.expectedBackMs - minuteMs);
  site.bringBack();
  site.pass(5 * minuteMs);
  assert.deepEqual([site.is(), site.scalings(), site.pages()], ["heard", [], []]);
});

test("until when a host is expected back is known to the next healer here, too", () => {
  for (const restartedMs of [minuteMs, limits.expectedBackMs - 30_000]) {
    const site = gone(told, true);
    site.pass(restartedMs);
    site.restart();
    site.pass(limits.expectedBackMs - restartedMs - 20_000);
    assert.deepEqual([site.is(), site.scalings()], ["planned", []]);
    site.pass(limits.hostConfirmMs + 20_000);
    assert.deepEqual([site.is(), site.scalings()], ["lost", ["the loss of mb: 4"]]);
  }
});

test("a host that is overdue and whose workers answer is not lost", () => {
  const site = gone(told, true);
  site.mb.workersAnswer = true;
  site.pass(limits.expectedBackMs + 5 * minuteMs);
  assert.deepEqual([site.is(), site.scalings()], ["silent", []]);
});

test("a host that is overdue keeps nobody from being drained, where another one serves", () => {
  const site = new SiteScene({ others: { cc: undefined, mb: undefined } });
  site.pass(10_000);
  Object.assign(site.mb, { planned: told, ending: true });
  site.pass(5_000);
  site.lose();
  site.pass(5_000);
  const drain = { kind: "hostDrain", by: "anna", reason: "kernel update" } as const;
  assert.equal(site.scene.send(drain), `refused: mb goes away on purpose: ${told}`);
  site.pass(limits.expectedBackMs + minuteMs);
  assert.equal(site.scene.send(drain), "anna takes this host out of service: kernel update");
});

test("a host that was never heard is not lost", () => {
  const site = new SiteScene({ others: { mb: 2 } });
  site.lose();
  site.pass(10 * minuteMs);
  assert.equal(site.is(), "unheard");
  assert.deepEqual(site.scalings(), []);
});

test("nothing is made while this host is cut off, which it says at once; when the witness answers it is", () => {
  const site = new SiteScene({ hasWitness: true });
  site.pass(10_000);
  site.lose();
  site.witnessAnswers = false;
  site.pass(limits.witnessFreshMs - 1_000);
  assert.deepEqual([site.is(), site.pages()], ["silent", []]);
  site.pass(2_000);
  assert.equal(site.is(), "isolated", "and not only when the other host would count as lost");
  assert.equal(site.sentence(), "neither it nor the witness nor any other host is heard from here");
  const page =
    "this host is cut off: neither the witness nor any other host is heard; whether other hosts are lost, and who has the service's address, cannot be told from here; only this host's own machines are repaired";
  assert.deepEqual(site.pages(), [page]);
  site.pass(5 * minuteMs);
  assert.equal(site.is(), "isolated");
  assert.deepEqual([site.scalings(), site.pages()], [[], [page]]);
  site.witnessAnswers = true;
  site.pass(50_000);
  assert.deepEqual(
    [site.is(), site.scalings()],
    ["silent", []],
    "healers need longer than the witness to be heard again",
  );
  assert.equal(site.sentence(), "its healer is silent, and this host itself was cut off until a moment ago");
  site.pass(20_000);
  assert.deepEqual(site.scalings(), ["the loss of mb: 4"]);
  assert.equal(site.sentence(), "neither its healer nor any of its workers was heard for 60 s");
});

test("a healer that has only just begun to ask the witness does not call its host cut off", () => {
  const site = new SiteScene({ hasWitness: true });
  site.pass(10_000);
  site.lose();
  site.witnessAnswers = false;
  site.restart();
  site.pass(limits.witnessFreshMs);
  assert.deepEqual([site.is(), site.pages()], ["silent", []]);
  assert.match(site.sentence() ?? "", /^its healer is silent, and it counts as lost after 60 s/);
  site.pass(2_000);
  assert.deepEqual([site.is(), site.pages().length], ["isolated", 1]);
});

test("a witness that does not answer while the other host is heard is told of, until it answers or that host is silent", () => {
  const site = new SiteScene({ hasWitness: true });
  const topics = () => Object.keys(site.scene.state.pages);
  site.pass(10_000);
  site.witnessAnswers = false;
  site.pass(limits.witnessSilentMs);
  assert.deepEqual(topics(), [], "a router may start anew");
  site.pass(2_000);
  const page =
    "the witness does not answer: the loss of all other hosts would be taken for a cut of this one, and nothing would be stood in for: mend it, or name another `witness` in `vigil:site`";
  assert.deepEqual(site.pages(), [page]);
  site.pass(10 * minuteMs);
  assert.deepEqual(site.pages(), [page]);
  site.lose();
  site.pass(10_000);
  assert.deepEqual(topics(), ["hostIsolated"], "as the page had said");
  site.bringBack();
  site.pass(2_000);
  assert.deepEqual(topics(), ["witnessSilent"]);
  site.witnessAnswers = true;
  site.pass(2_000);
  assert.deepEqual(topics(), []);
});

test("a healer that was deaf for long misses no witness, and neither does a site that has none", () => {
  const site = new SiteScene({ hasWitness: true });
  site.pass(10_000);
  site.scene.nowMs += 5 * minuteMs;
  site.scene.send({ kind: "tick", lagMs: 5 * minuteMs });
  site.scene.send({ kind: "witness", answered: false });
  assert.deepEqual(Object.keys(site.scene.state.pages), []);
  site.pass(2 * minuteMs);
  const alone = new SiteScene();
  alone.pass(5 * minuteMs);
  assert.deepEqual([site.pages(), alone.pages()], [[], []]);
});

test("whoever has no other host is cut off from nobody", () => {
  const site = new SiteScene({ hasWitness: true, others: {} });
  site.witnessAnswers = false;
  site.pass(minuteMs);
  assert.deepEqual(site.pages(), []);
});

test("who hears a third host is not cut off, whatever its witness says", () => {
  const site = lost({ hasWitness: true, others: { mb: undefined, cc: undefined } });
  assert.equal(site.is(), "lost");
  const cut = new SiteScene({ hasWitness: true, others: { mb: undefined, cc: undefined } });
  cut.pass(10_000);
  cut.witnessAnswers = false;
  cut.lose();
  cut.pass(2 * minuteMs);
  assert.equal(cut.is(), "lost");
  assert.deepEqual(cut.scalings(), ["the loss of mb: 3"], "one of two is this host's share");
});

test("the share of a host that is lost as well falls to those that are left, and each gets its own back", () => {
  const site = lost({ others: { cc: undefined, mb: undefined } });
  assert.deepEqual(site.evacuated, { mb: 1 }, "the other one is for cc to make");
  site.lose("cc");
  site.pass(limits.hostConfirmMs + 10_000);
  assert.deepEqual(site.evacuated, { mb: 2, cc: 2 });
  assert.deepEqual(site.scalings(), ["the loss of mb: 3", "the loss of mb and cc: 6"]);
  site.bringBack("cc");
  passUntil(site, () => site.evacuated.cc === undefined);
  assert.deepEqual(site.evacuated, { mb: 2 }, "cc may need long to make its part");
  site.bringBack("mb");
  passUntil(site, () => site.evacuated.mb === undefined);
  assert.equal(site.own, 2);
});

test("as many as there is room for, and a page says how many are not", () => {
  const site = new SiteScene();
  site.capacity = 3;
  site.pass(10_000);
  site.lose();
  site.pass(3 * minuteMs);
  assert.deepEqual(site.evacuated, { mb: 1 });
  assert.equal(
    site.pages()[1],
    "for 1 more of a lost host's workers there is no room here: the host has 100 MiB of memory left, and 256 are needed.",
  );
  assert.equal(site.pages().length, 2);
  site.capacity = 6;
  site.pass(limits.roomRetryMs + 10_000);
  assert.deepEqual(site.evacuated, { mb: 2 });
});

test("while there is no room one page says so, however often it is asked again, and it ends once", () => {
  const site = new SiteScene();
  site.capacity = 2;
  site.pass(10_000);
  site.lose();
  site.pass(limits.hostConfirmMs + 5 * limits.roomRetryMs);
  const told = () => {
    return site.scene.actions.flatMap((action) => {
      return "topic" in action && action.topic === "standInRoom" ? [action.kind] : [];
    });
  };
  const asked = site.scene.actions.filter(({ kind }) => kind === "askRoom").length;
  assert.deepEqual([asked, told()], [6, ["page"]]);
  site.capacity = 6;
  site.pass(limits.roomRetryMs + 20_000);
  assert.deepEqual([site.evacuated, site.scene.state.pages.standInRoom], [{ mb: 2 }, undefined]);
  assert.deepEqual(told(), ["page", "clearPage"]);
});

test("an answer about room is not used twice", () => {
  const site = new SiteScene();
  site.pass(10_000);
  site.outcome = { ok: false, code: "preflight", reason: "there is no memory" };
  site.lose();
  site.pass(limits.hostConfirmMs + 10_000);
  assert.equal(site.scalings().length, 1);
  site.capacity = 2;
  // It is asked again within a second, and answered at the end of it.
  site.scene.pass(500);
  site.pass(10 * minuteMs);
  assert.equal(site.scalings().length, 1, "what did fit does not fit any more");
});

test("nobody guesses how many workers a host has that never said so and of which the site facts do not tell", () => {
  const site = new SiteScene();
  site.pass(10_000);
  assert.equal(site.scene.state.hosts.mb?.workers, 2);
  const said = new SiteScene({ others: { mb: 3 } });
  said.mb.workers = 1;
  said.mb.green = 1;
  said.pass(10_000);
  said.lose();
  said.pass(2 * minuteMs);
  assert.deepEqual(said.evacuated, { mb: 1 }, "what it said last comes before the site facts");
});

test("what stands in is given back one by one, when the host has been well for a while", () => {
  const site = lost();
  site.bringBack();
  site.mb.green = 1;
  site.pass(10 * minuteMs);
  assert.equal(site.is(), "returned");
  assert.deepEqual(site.evacuated, { mb: 2 }, "not before all its own workers are well");
  site.mb.green = 2;
  site.pass(limits.hostGreenMs - 5_000);
  assert.deepEqual(site.evacuated, { mb: 2 });
  site.pass(3 * minuteMs);
  assert.deepEqual(site.scalings(), ["the loss of mb: 4", "the return of mb: 3", "the return of mb: 2"]);
  assert.deepEqual(
    site.scene.actions.flatMap((action) => (action.kind === "rotate" ? [`${action.slot} ${action.to}`] : [])),
    ["web-4 out", "web-3 out"],
    "each is drained first",
  );
  assert.deepEqual([site.is(), site.evacuated, site.own], ["heard", {}, 2]);
});

test("the next one is not given back before this host is at rest and drift was looked for", () => {
  const site = lost();
  site.bringBack();
  passUntil(site, () => site.scalings().length === 2);
  site.scene.silent.add("web-1");
  site.pass(4_000);
  site.pass(5 * minuteMs);
  assert.deepEqual(site.scalings(), ["the loss of mb: 4", "the return of mb: 3"]);
});

test("nothing is given back while nobody has looked for drift", () => {
  const site = new SiteScene();
  site.pass(10_000);
  site.driftAnswers = false;
  site.lose();
  site.pass(80_000);
  site.bringBack();
  site.pass(5 * minuteMs);
  assert.deepEqual(site.scalings(), ["the loss of mb: 4"]);
});

test("a host that falls silent again keeps what stands in for it, and what was being drained gets requests again", () => {
  const site = lost();
  site.bringBack();
  site.scene.rotates = undefined;
  passUntil(site, () => site.scalings().length === 2);
  assert.equal(site.scene.state.scaling?.phase, "draining");
  site.scene.beats.set("web-4", { incarnation: "a", service: "draining", files: "f", freeBytes: 1e9, busy: 0.1 });
  site.lose();
  site.pass(10_000);
  assert.equal(site.scene.state.scaling, undefined);
  assert.deepEqual(site.evacuated, { mb: 2 });
  site.pass(minuteMs);
  const moves = site.scene.actions.flatMap((action) =>
    action.kind === "rotate" ? [`${action.slot} ${action.to}`] : [],
  );
  assert.deepEqual(moves.slice(0, 2), ["web-4 out", "web-4 in"]);
});

test("ten flaps in twenty minutes are at most two evacuations and one rebalance", () => {
  for (let downMs = 10_000; downMs < 120_000; downMs += 25_000) {
    for (const restarts of [false, true]) {
      const site = new SiteScene();
      site.pass(10_000);
      for (let flap = 0; flap < 10; flap += 1) {
        site.lose();
        site.pass(downMs);
        site.bringBack();
        site.pass(120_000 - downMs);
        if (restarts) site.restart();
      }
      const losses = site.scalings().filter((asked) => asked.startsWith("the loss of mb"));
      const returns = site.scalings().filter((asked) => asked.startsWith("the return of mb"));
      const seen = `${downMs} ms down: ${site.scalings().join("; ")}`;
      assert.ok(losses.length <= 2, seen);
      assert.ok(returns.length <= 2, `${seen}: a rebalance gives back two workers, one by one`);
    }
  }
});

test("with each return within the hour a host has to be well for twice as long", () => {
  const site = lost();
  for (let flap = 0; flap < 2; flap += 1) {
    site.bringBack();
    site.pass(minuteMs);
    site.lose();
    site.pass(2 * minuteMs);
  }
  site.bringBack();
  site.pass(8 * minuteMs - 10_000);
  assert.equal(site.workers, 4);
  site.pass(2 * minuteMs);
  assert.equal(site.workers, 2);
});

test("a healer that is killed knows who is lost and what stands in for it, and tells nobody twice", () => {
  const site = lost();
  const pages = site.pages().length;
  site.restart();
  assert.equal(site.is(), "lost");
  site.pass(5 * minuteMs);
  assert.equal(site.is(), "lost");
  assert.deepEqual(site.scalings(), ["the loss of mb: 4"]);
  assert.equal(site.pages().length, pages);
  site.bringBack();
  site.pass(10_000);
  site.restart();
  site.pass(10_000);
  assert.equal(site.scene.state.hosts.mb?.returnsMs.length, 1, "it came back once");
  site.pass(5 * minuteMs);
  assert.equal(site.workers, 2);
});

test("an evacuation that is cut short is taken back, and tried again ever more seldom", () => {
  const site = new SiteScene();
  site.pass(10_000);
  site.outcome = { ok: false, code: "failed", reason: "the provider is gone" };
  site.lose();
  site.pass(30 * minuteMs);
  const tries = site.scalings().length;
  assert.ok(tries >= 2 && tries <= 5, `${tries} tries`);
  site.outcome = { ok: true, tookMs: 9_000 };
  site.pass(20 * minuteMs);
  assert.deepEqual(site.evacuated, { mb: 2 });
});

test("an evacuation that fails whenever machines are made is tried ever more seldom, though each can be taken back", () => {
  const site = new SiteScene();
  site.pass(10_000);
  site.makesNone = true;
  site.lose();
  site.pass(30 * minuteMs);
  const tries = site.scalings().length;
  assert.ok(tries >= 2 && tries <= 5, `${tries} tries`);
});

test("nothing is given back to a host whose workers get no requests, or that is about to go", () => {
  for (const away of [{ drained: 2 }, { planned: "anna has drained it: disks" }]) {
    const site = lost();
    site.bringBack();
    Object.assign(site.mb, away);
    site.pass(10 * minuteMs);
    assert.deepEqual([site.is(), site.workers], ["returned", 4]);
    site.bringBack();
    site.pass(limits.hostGreenMs - 5_000);
    assert.equal(site.workers, 4, "it has to be well for a while from now on");
    site.pass(5 * minuteMs);
    assert.equal(site.workers, 2);
  }
});

test("a healer that is only ended leaves workers that serve, and those may be lost", () => {
  const site = new SiteScene();
  site.pass(10_000);
  Object.assign(site.mb, { planned: told, ending: true });
  site.pass(2_000);
  site.mb.healerAnswers = false;
  site.pass(10 * minuteMs);
  assert.equal(site.is(), "silent");
  site.lose();
  site.pass(2 * minuteMs);
  assert.deepEqual([site.is(), site.scalings()], ["lost", ["the loss of mb: 4"]]);
});

test("one that is given back and cut short goes all the same, and the others stay", () => {
  const site = lost();
  site.bringBack();
  site.outcome = { ok: false, code: "failed", reason: "the provider is gone" };
  passUntil(site, () => site.scalings().length === 2);
  site.pass(2_000);
  site.outcome = { ok: true, tookMs: 9_000 };
  passUntil(site, () => site.workers === 3);
  assert.deepEqual([site.own, site.evacuated], [2, { mb: 1 }]);
});

test("a healer that dies in the middle of an evacuation does not begin it again at once", () => {
  const begun = new SiteScene();
  begun.pass(10_000);
  begun.scene.send({ kind: "scale", workers: 3, by: "anna" });
  begun.restart();
  assert.equal(begun.scene.state.evacuation.failures, 1);
  assert.ok(begun.scene.state.evacuation.notBeforeMs > begun.scene.nowMs);
});

test("a person changes the number of the host's own workers, whatever stands in for others", () => {
  const site = lost();
  assert.equal(site.scene.send({ kind: "scale", workers: 3, by: "anna" }), "anna asks for 5 workers, of them 2 for mb");
  site.pass(10_000);
  assert.deepEqual([site.own, site.evacuated], [3, { mb: 2 }]);
  assert.equal(
    site.scene.send({ kind: "scale", workers: 3, by: "anna" }),
    "refused: this host has 3 workers already, beside 2 that stand in for other hosts",
  );
});

test("what stands in for a host that the site no longer has is given back", () => {
  const site = new SiteScene();
  site.evacuated = { cc: 1 };
  site.restart();
  site.pass(10 * minuteMs);
  assert.deepEqual(site.scalings(), ["the return of cc: 2"]);
});

test("what is not well here is mended before anything is made for others", () => {
  const site = new SiteScene();
  site.pass(10_000);
  site.lose();
  site.scene.silent.add("web-1");
  site.pass(5 * minuteMs);
  assert.equal(site.is(), "lost");
  assert.deepEqual(site.scalings(), []);
});

const crashed = { state: "crashed", reason: "failed" } as const;

test("what is left to persons is not waited for, as nobody else mends it", () => {
  const leave: Readonly<Record<string, (site: SiteScene) => void>> = {
    "a file that somebody has changed": ({ scene }) => scene.beats.set("web-1", { ...beat, files: "other" }),
    "a machine whose repairs are spent": ({ scene }) => {
      const { "web-1": worker, ...others } = scene.state.slots;
      assert.ok(worker !== undefined);
      const repairsMs = Array<number>(limits.slotBudget).fill(scene.nowMs);
      scene.state = { ...scene.state, slots: { ...others, "web-1": { ...worker, repairsMs } } };
      scene.become("web-1", crashed);
    },
    "a machine that somebody works on": ({ scene }) => {
      scene.send({ kind: "pause", slot: "web-1", forMs: 60 * minuteMs, by: "anna" });
      scene.become("web-1", crashed);
    },
    "a machine whose repair cannot begin": ({ scene }) => scene.become("web-1", crashed),
  };
  for (const [what, begin] of Object.entries(leave)) {
    const site = new SiteScene();
    site.restart();
    site.pass(20_000);
    begin(site);
    site.lose();
    for (let seconds = 0; seconds < limits.hostConfirmMs / 1_000 + 15; seconds += 1) {
      site.pass(1_000);
      if (site.scene.status("web-1") !== "repairing") continue;
      site.scene.repaired("web-1", { code: "preflight", reason: "its image is gone" });
    }
    assert.notEqual(site.scene.status("web-1"), "green", what);
    assert.deepEqual(site.scalings(), ["the loss of mb: 4"], what);
  }
});

test("what is given back does not wait for it either; a person's own wish does", () => {
  const site = lost();
  site.scene.beats.set("web-1", { ...beat, files: "other" });
  site.pass(10_000);
  assert.equal(
    site.scene.send({ kind: "scale", workers: 3, by: "anna" }),
    "refused: web-1 is yellow, and what is not well is mended first",
  );
  site.bringBack();
  passUntil(site, () => site.workers === 2);
});

test("the hosts that are left make all of a lost host's workers between them, whoever is asked", () => {
  for (const hosts of [
    ["mb", "bk"],
    ["mb", "bk", "cc"],
    ["aa", "zz", "mb", "bk"],
    ["zz", "bk", "mb", "aa", "cc"],
  ]) {
    for (let lost = 1; lost < hosts.length; lost += 1) {
      const [gone, left] = [new Set(hosts.slice(0, lost)), hosts.slice(lost)];
      for (let workers = 0; workers <= 9; workers += 1) {
        const shares = left.map((host) => {
          const others = Object.fromEntries(hosts.filter((name) => name !== host).map((name) => [name, undefined]));
          return shareOf({ host, others, hasWitness: false }, gone, workers);
        });
        const sum = shares.reduce((total, share) => total + share, 0);
        assert.equal(sum, workers);
        assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
      }
    }
  }
});
