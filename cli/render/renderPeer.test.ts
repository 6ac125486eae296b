import assert from "node:assert/strict";
import { test } from "node:test";
import type { Peer } from "../../healer/api/peerSchemas.ts";
import type { PeerStatusAnswer, SlotStatus, Status } from "../../healer/api/schemas.ts";
import { renderEvent } from "./renderEvent.ts";
import { renderLastWord, renderPeerStatus } from "./renderPeer.ts";
import { renderPeers } from "./renderPeers.ts";
import { renderStatus } from "./renderStatus.ts";

const since = "2026-11-21T14:02:11.000Z";

const green: Peer = {
  peer: "mb",
  address: "192.168.10.2",
  status: "green",
  since,
  forMs: 7_200_000,
  sentence: "it answers",
  heardAgoMs: 300,
  verdict: "fine",
  what: "all 3 machines beat and serve",
};

const silent: Peer = {
  ...green,
  status: "silent",
  forMs: 12_000,
  sentence: "its host answers, and no healer listens on 192.168.10.2:9181",
  heardAgoMs: 12_000,
  reason: "noListener",
};

const slot: SlotStatus = {
  slot: "web-1",
  role: "worker",
  address: "192.168.10.20",
  status: "green",
  since,
  forMs: 7_200_000,
  sentence: "it beats and serves",
  next: "nothing is to be done",
};

const status: Status = {
  host: "mb",
  release: "dddddddddddd",
  listeningSince: since,
  verdict: "fine",
  what: "all 3 machines beat and serve",
  why: "192.168.10.120 is held elsewhere; no drift",
  next: "nothing is to be done",
  since,
  forMs: 7_200_000,
  vip: { address: "192.168.10.120" },
  slots: [slot],
  pages: [],
  drift: { verdict: "none", sentence: "no drift", nextCheckMs: 720_000 },
  pending: [],
  peers: [],
  hosts: [],
};

const live: PeerStatusAnswer = { peer: green, isLive: true, ageMs: 300, status };
const last: PeerStatusAnswer = { peer: silent, isLive: false, ageMs: 12_400, status };

test("each peer has a line: whether it is heard, since when, and what it says or why it says nothing", () => {
  const marked = { ...green, sentence: "an update of web-1 is under way", verdict: "degraded", what: "1 of 2 workers" };
  const never: Peer = { ...green, status: "neverHeard", sentence: "no key of it is pinned", forMs: 4_000 };
  assert.deepEqual(renderPeers([green, marked, silent, never]).split("\n"), [
    "PEER  ADDRESS       STATUS         FOR    SAYS",
    "mb    192.168.10.2  green          2 h    fine: all 3 machines beat and serve",
    "mb    192.168.10.2  green          2 h    an update of web-1 is under way; degraded: 1 of 2 workers",
    "mb    192.168.10.2  silent         12 s   its host answers, and no healer listens on 192.168.10.2:9181",
    "mb    192.168.10.2  not heard yet  4.0 s  no key of it is pinned",
    "",
  ]);
  assert.match(renderStatus({ ...status, peers: [silent] }), /it beats and serves\n\nPEER .*\nmb .* silent .*9181\n$/);
});

test("what a peer says stands as on its own host; what it said before it fell silent comes with its age, first", () => {
  assert.equal(renderPeerStatus(live), `${renderStatus(status)}\nmb said this 0.3 s ago\n`);
  assert.equal(
    renderPeerStatus(last),
    `mb is silent since 14:02:11 UTC (12 s): its host answers, and no healer listens on 192.168.10.2:9181
what follows it said 12 s ago:

${renderStatus(status)}`,
  );
});

test("the last word on a machine of a silent peer is in the past", () => {
  assert.match(
    renderLastWord(last, slot),
    /^mb is silent since .*\nwhat follows it said 12 s ago:\n\nmb\/web-1 \(worker, 192\.168\.10\.20\) was green, for 2 h\nwhy: {2}it beats/,
  );
});

test("news of a peer is a line of the journal", () => {
  const line = {
    seq: 1,
    at: since,
    kind: "peer",
    peer: "mb",
    status: "silent",
    sentence: "it is silent: nobody listens",
  };
  assert.equal(renderEvent(line), "2026-11-21 14:02:11  peer mb: it is silent: nobody listens\n");
});
