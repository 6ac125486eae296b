import assert from "node:assert/strict";
import { test } from "node:test";
import { goodBeat, goodPeer, testLimits, testOutputs, testPlanned } from "../../test/support/apiFixture.ts";
import type { Event } from "../core/events.ts";
import type { Beat, DomainFact } from "../core/facts.ts";
import { alone, type PlannedSite } from "../core/otherHost.ts";
import { initialState, noPast, type State } from "../core/state.ts";
import { step } from "../core/step.ts";
import { type History, noHistory, withLine } from "../history/history.ts";
import type { Status } from "./schemas.ts";
import { statusView } from "./statusView.ts";

/** The real core, led through a story: its journal makes the history, as it does in the healer. */
class Story {
  nowMs = 1_000;
  #state: State;
  #history: History = noHistory;
  #seq = 0;

  constructor(site: PlannedSite = alone) {
    this.#state = initialState(testPlanned, noPast, 0, testLimits, site);
  }

  hear(event: Event): this {
    const { state, actions } = step(this.#state, event, testLimits, this.nowMs);
    this.#state = state;
    for (const action of actions) {
      if (action.kind !== "journal") continue;
      this.#seq += 1;
      const line = { seq: this.#seq, at: new Date(this.nowMs).toISOString(), ...action.entry };
      this.#history = withLine(this.#history, line);
    }
    return this;
  }

  /** Time goes by, and all but the named beat. */
  pass(ms: number, ...silent: readonly string[]): this {
    const endMs = this.nowMs + ms;
    while (this.nowMs < endMs) {
      this.nowMs += 100;
      for (const { slot } of testPlanned) {
        if (!silent.includes(slot)) this.beat(slot, {});
      }
      this.hear({ kind: "tick", lagMs: 0 });
    }
    return this;
  }

  /** It beats, and is well but for this. */
  beat(slot: string, news: Partial<Beat>): this {
    const value = { ...goodBeat(slot), ...news };
    return this.hear({ kind: "beats", beats: { [slot]: { value, atMs: this.nowMs } } });
  }

  domain(slot: string, state: DomainFact["state"], reason: string): this {
    return this.hear({ kind: "domain", slot, domain: { state, reason } });
  }

  get status(): Status {
    const now = { state: this.#state, history: this.#history };
    const known = { host: "bk", outputs: testOutputs, limits: testLimits, peers: [], ...now };
    return statusView(known, [], { nowMs: this.nowMs, wallMs: this.nowMs });
  }

  get generation(): number {
    return this.#state.generation;
  }
}

function well(): Story {
  return new Story().pass(30_000);
}

function head({ verdict, what, why, next }: Status): string[] {
  return [verdict, what, why, next];
}

test("before anything was heard, nothing is known", () => {
  const { verdict, since, next } = new Story().status;
  assert.deepEqual([verdict, since], ["unknown", "1970-01-01T00:00:00.000Z"]);
  assert.equal(next, "lb-1: its first heartbeat is waited for");
});

test("it is fine when every machine beats and serves; drift is what is looked for next", () => {
  assert.deepEqual(head(well().status), [
    "fine",
    "all 3 machines beat and serve",
    "lb-1 holds 192.168.10.120; no drift check yet",
    "nothing is to be done; drift is looked for again in 4 min",
  ]);
});

test("through a crash it says what is wrong, since when, why, and what comes next", () => {
  const story = well().domain("web-1", "crashed", "failed");
  assert.deepEqual(head(story.status).slice(0, 3), [
    "degraded",
    "1 of 2 workers serve, web-1 is red",
    "web-1: VM crashed: libvirt says crashed (failed)",
  ]);
  assert.match(story.status.next, /^web-1: replace begins in a moment$/);
  const since = story.status.since;
  story.domain("web-1", "crashed", "failed").pass(400, "web-1");
  assert.equal(story.status.what, "1 of 2 workers serve, web-1 is repairing");
  assert.equal(story.status.why, "web-1: VM crashed: libvirt says crashed (failed)");
  assert.equal(story.status.next, "web-1: replace is under way; it has 3 min to end");
  assert.deepEqual(story.status.updating, { number: story.generation, slots: ["web-1"] });
  story.pass(10_000, "web-1");
  story.hear({ kind: "repaired", slot: "web-1", generation: story.generation, outcome: { ok: true, tookMs: 10_000 } });
  assert.equal(story.status.next, "web-1: it has 30 s to beat and serve; if it does not, replace comes next");
  assert.equal(story.status.since, since, "it is one trouble from its begin to its end");
  story.domain("web-1", "running", "booted").pass(200);
  assert.equal(story.status.verdict, "fine");
});

test("what is waited for, and for how long, is said while patience lasts", () => {
  const story = well().beat("web-2", { service: "refused" });
  assert.equal(story.status.next, "web-2: restartService in 3.0 s, unless it passes");
});

test("what nobody repairs says so", () => {
  const story = well().beat("web-1", { files: "other" });
  const { verdict, next } = story.status;
  assert.equal(verdict, "degraded");
  assert.match(next, /^web-1: nothing is repaired: somebody changed it by hand/);
});

test("it is down when no worker serves, and when nobody has the address", () => {
  const silent = well().pass(6_000, "web-1", "web-2");
  assert.deepEqual(
    [silent.status.verdict, silent.status.what],
    ["down", "0 of 2 workers serve, web-1 is yellow, web-2 is yellow"],
  );
  const nobody = { kind: "vipHolders", macs: [] } as const;
  const story = well().hear(nobody).pass(4_000).hear(nobody);
  assert.deepEqual(head(story.status), [
    "down",
    "2 of 2 workers serve, 1 to see to",
    "nobody has the service's address",
    "a person is waited for: nothing of this is the healer's to mend",
  ]);
  assert.equal(story.status.since, story.status.pages[0]?.since);
});

test("a host that is cut off says so first, and does not say that the service is down", () => {
  const story = new Story({ host: "bk", others: { mb: 2 }, hasWitness: true }).pass(30_000);
  for (let second = 0; second < 20; second += 1) {
    story.hear({ kind: "peers", peers: [{ ...goodPeer("mb", 0), status: "silent" }] });
    story.hear({ kind: "witness", answered: false }).hear({ kind: "vipHolders", macs: [] }).pass(1_000);
  }
  const why =
    "this host is cut off: neither the witness nor any other host is heard; whether other hosts are lost, and who has the service's address, cannot be told from here; only this host's own machines are repaired";
  const next = "mb: nothing is made in its place while this host is cut off";
  assert.deepEqual(head(story.status), ["degraded", "this host is cut off, 2 of 2 workers serve", why, next]);
  story.domain("web-1", "crashed", "failed");
  assert.deepEqual(head(story.status).slice(0, 3), [
    "degraded",
    "this host is cut off, 1 of 2 workers serve, web-1 is red",
    why,
  ]);
});

test("a pause is what happens next, as long as it lasts", () => {
  const story = well().hear({ kind: "pause", forMs: 60_000, by: "anna" });
  assert.deepEqual(
    [story.status.verdict, story.status.next],
    ["fine", "no repair begins for 60 s: repairs are paused by anna"],
  );
  story.domain("web-1", "crashed", "failed").pass(100, "web-1");
  assert.match(
    story.status.slots[1]?.next ?? "",
    /^replace comes next; nothing is done: repairs are paused for 60 s more$/,
  );
  story.hear({ kind: "resume", by: "anna" });
  assert.equal(story.status.paused, undefined);
});

test("a repair that is waited for waits for a pause, too", () => {
  const story = well().hear({ kind: "pause", slot: "web-2", forMs: 60_000, by: "anna" });
  story.beat("web-2", { service: "refused" });
  assert.equal(story.status.next, "web-2: restartService in 60 s, unless it passes");
});

test("a host that is out of service says so first, until when, and what is still waited for", () => {
  const story = new Story({ host: "bk", others: { mb: 2 }, hasWitness: false }).pass(30_000);
  story.hear({ kind: "peers", peers: [goodPeer("mb", story.nowMs)] });
  story.hear({ kind: "hostDrain", by: "anna", reason: "kernel update" });
  const why = "drained by anna: kernel update";
  const next = "nothing is repaired here until `vigil host return bk`";
  const notYet = "it may not be switched off yet:";
  assert.deepEqual(head(story.status), ["drained", `${notYet} lb-1 holds the service's address`, why, next]);
  const { since } = story.status;
  story
    .pass(2_600)
    .hear({ kind: "peers", peers: [goodPeer("mb", story.nowMs)] })
    .pass(200);
  assert.equal(story.status.what, `${notYet} lb-1 yields the service's address`);
  assert.deepEqual([story.status.hostDrain?.outcome, story.status.hostDrain?.phase], ["underWay", "moving"]);
  story.hear({ kind: "vipMoved", generation: story.generation, outcome: { ok: true, tookMs: 2_000 } });
  story.pass(2_000, "lb-1").beat("lb-1", { vrrp: "BACKUP", holdsVip: false });
  story.hear({ kind: "tick", lagMs: 0 }).hear({ kind: "tick", lagMs: 0 });
  assert.equal(story.status.what, `${notYet} web-1 finishes its requests`);
  for (const slot of ["web-1", "web-2"]) {
    story.beat(slot, { service: "draining" });
    story.hear({ kind: "rotated", slot, generation: 1, outcome: { ok: true } });
  }
  story.hear({ kind: "tick", lagMs: 0 });
  assert.deepEqual(head(story.status), ["drained", "it may be switched off or rebooted", why, next]);
  assert.equal(story.status.since, since);
  story.hear({ kind: "hostReturn", by: "anna" });
  assert.match(story.status.what, /^it is being taken back: web-1 gets no requests yet: it beats, and is drained/);
  story.hear({ kind: "tick", lagMs: 0 }).hear({ kind: "tick", lagMs: 0 });
  for (const slot of ["web-1", "web-2"]) story.hear({ kind: "rotated", slot, generation: 2, outcome: { ok: true } });
  story.pass(300);
  assert.deepEqual([story.status.verdict, story.status.hostDrain?.outcome], ["fine", "done"]);
});

test("a drain that came to nothing is told, and the host serves as before", () => {
  const story = new Story({ host: "bk", others: { mb: 2 }, hasWitness: false }).pass(30_000);
  story.hear({ kind: "peers", peers: [goodPeer("mb", story.nowMs)] });
  story.hear({ kind: "hostDrain", by: "anna", reason: "kernel update" }).pass(2_600);
  story.hear({ kind: "peers", peers: [goodPeer("mb", story.nowMs)] }).pass(200);
  const outcome = { ok: false, code: "locked", reason: "ben holds the stack." } as const;
  story.hear({ kind: "vipMoved", generation: story.generation, outcome }).pass(200);
  const { verdict, hostDrain } = story.status;
  assert.deepEqual([verdict, hostDrain?.outcome, hostDrain?.reason], ["fine", "locked", "ben holds the stack."]);
  assert.equal(hostDrain?.phase, undefined);
});
