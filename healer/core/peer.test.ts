import assert from "node:assert/strict";
import { test } from "node:test";
import { failuresToSilence, hearPeer, type PeerEvent, type PeerFailure, type PeerState, unheardPeer } from "./peer.ts";

/** What is asked of a peer, a question a second. */
class Asked {
  nowMs = 1_000;
  state: PeerState = unheardPeer("mb", 1_000);
  readonly news: string[] = [];
  #sequence = 0;

  hear(event: PeerEvent): this {
    this.nowMs += 1_000;
    const { state, reason } = hearPeer(this.state, event, this.nowMs);
    this.state = state;
    if (reason !== "") this.news.push(reason);
    return this;
  }

  view(more: Partial<Extract<PeerEvent, { kind: "view" }>["view"]> = {}): this {
    this.#sequence += 1;
    const view = { incarnation: "one", sequence: this.#sequence, listens: true, marks: {}, ...more };
    return this.hear({ kind: "view", view });
  }

  fail(failure: PeerFailure, times = failuresToSilence, detail = `because of ${failure}`): this {
    for (let count = 0; count < times; count += 1) this.hear({ kind: "failed", failure, detail });
    return this;
  }
}

test("a peer that answers is green since its first answer, whatever came before", () => {
  const asked = new Asked().fail("timeout", 1).view().view().view();
  assert.equal(asked.state.status, "green");
  assert.equal(asked.state.sinceMs, 3_000);
  assert.equal(asked.state.heardMs, 5_000);
  assert.equal(asked.state.sentence, "it answers");
  assert.deepEqual(asked.news, ["it answers"]);
});

test("a question or two without an answer change nothing; the third says since when and why", () => {
  const asked = new Asked().view().fail("timeout", 2);
  assert.equal(asked.state.status, "green");
  asked.fail("noListener", 1, "its host answers, and nobody listens");
  assert.equal(asked.state.status, "silent");
  assert.equal(asked.state.sinceMs, 2_000, "it is silent since its last word");
  assert.equal(asked.state.failure, "noListener");
  assert.deepEqual(asked.news, ["it answers", "it is silent: its host answers, and nobody listens"]);
});

test("an answer in between begins the count anew", () => {
  const asked = new Asked().view().fail("timeout", 2).view().fail("timeout", 2);
  assert.equal(asked.state.status, "green");
});

test("the journal is told once of a silence, and the sentence follows what is found meanwhile", () => {
  const asked = new Asked().view().fail("noListener").fail("unreachable", 20);
  assert.equal(asked.state.sentence, "because of unreachable");
  assert.equal(asked.news.length, 2);
  asked.view();
  assert.equal(asked.state.status, "green");
  assert.equal(asked.news.at(-1), "it answers again, 24 s after its last word");
});

test("a peer that never answered was never heard, and is told of once", () => {
  const asked = new Asked().fail("noPin", 10, "no key of it is pinned");
  assert.equal(asked.state.status, "neverHeard");
  assert.equal(asked.state.sentence, "no key of it is pinned");
  assert.deepEqual(asked.news, ["it was not heard yet: no key of it is pinned"]);
});

test("another key is refused at once and told once; the pinned one is heard again", () => {
  const asked = new Asked().view().fail("wrongKey", 5, "its key is another one");
  assert.equal(asked.state.status, "refused");
  assert.equal(asked.state.sinceMs, 3_000);
  assert.deepEqual(asked.news, ["it answers", "it is refused: its key is another one"]);
  asked.view();
  assert.equal(asked.state.status, "green");
});

test("whoever was refused and then is gone is silent, or was never heard", () => {
  assert.equal(new Asked().view().fail("wrongKey", 1).fail("timeout").state.status, "silent");
  assert.equal(new Asked().fail("wrongKey", 1).fail("timeout", 2).state.status, "refused");
  assert.equal(new Asked().fail("wrongKey", 1).fail("timeout").state.status, "neverHeard");
});

test("a view that has come before is no sign of life", () => {
  const asked = new Asked().view();
  for (let count = 0; count < failuresToSilence; count += 1) asked.view({ sequence: 1 });
  assert.equal(asked.state.status, "silent");
  assert.equal(asked.state.sentence, "its view 1 is no newer than the one before it");
});

test("a healer that has started anew counts from the beginning, and that is news", () => {
  const asked = new Asked().view().view().view({ incarnation: "two", sequence: 1 });
  assert.equal(asked.state.status, "green");
  assert.equal(asked.state.sinceMs, 2_000, "it was not away for long enough to be silent");
  assert.deepEqual(asked.news, ["it answers", "its healer has started anew"]);
});

test("what it says of itself is said; that it goes away on purpose is news, and outlives its silence", () => {
  const asked = new Asked().view({
    listens: false,
    sameSite: false,
    marks: { updating: ["web-1"], pausedForMs: 59_001 },
  });
  assert.equal(
    asked.state.sentence,
    "it does not listen to its machines yet; an update of web-1 is under way; repairs are paused for 60 s; other site facts are deployed there than here",
  );
  const marks = { planned: "its healer was told to end" };
  asked.view({ marks }).view({ marks });
  assert.equal(asked.news.length, 2);
  assert.equal(asked.news.at(-1), "it goes away on purpose: its healer was told to end");
  asked.view();
  assert.equal(asked.news.at(-1), "what it went away for is over: its healer was told to end");
  asked.view({ marks }).fail("noListener");
  assert.equal(asked.state.sentence, "it went away on purpose (its healer was told to end); because of noListener");
});

test("a peer is well while it is heard and all its own workers are green", () => {
  const marks = (green: number) => ({ workers: { own: 2, green } });
  let state = unheardPeer("mb", 0);
  let sequence = 0;
  const hear = (green: number, nowMs: number) => {
    sequence += 1;
    const view = { incarnation: "a", sequence, listens: true, marks: marks(green) };
    state = hearPeer(state, { kind: "view", view }, nowMs).state;
  };
  hear(2, 1_000);
  hear(2, 2_000);
  assert.equal(state.wellSinceMs, 1_000);
  hear(1, 3_000);
  assert.equal(state.wellSinceMs, undefined);
  hear(2, 4_000);
  const failed = { kind: "failed", failure: "timeout", detail: "it does not answer" } as const;
  for (let nowMs = 5_000; nowMs <= 8_000; nowMs += 1_000) state = hearPeer(state, failed, nowMs).state;
  hear(2, 9_000);
  assert.equal(state.wellSinceMs, 9_000, "what it was in between nobody knows");
});
