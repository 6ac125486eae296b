/** A peer that has the right key and is not well: what is said of it, and that it holds up nobody. */
import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createNetServer } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { testToken } from "../../test/support/apiFixture.ts";
import { addressOf, freePort, type Meeting, meeting } from "../../test/support/peersFixture.ts";
import { ensureIdentity } from "./identity.ts";
import type { PeerKey } from "./peerKey.ts";
import { credentialsOf } from "./tls.ts";

let port: number;
let bk: Meeting;
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  port = await freePort();
  bk = await meeting("bk", port);
  closers.push(() => bk.close());
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** Somebody at mb's address, with a key that bk trusts. */
async function strange(answer: RequestListener): Promise<void> {
  const identity = await ensureIdentity(`${bk.dir}/mb.key`);
  const server = createHttpsServer({ ...credentialsOf(identity), requestCert: true }, answer);
  await new Promise<void>((resolve) => server.listen(port, addressOf.mb, resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  await meet(identity.key);
}

async function meet(key: PeerKey): Promise<void> {
  await bk.trust("mb", key);
  await bk.peers.watch(bk.plan);
}

const view = { version: 1, host: "mb", healer: "0.2.0", incarnation: "one", sequence: 1, marks: {} };

const answering = (body: unknown, status = 200): RequestListener => {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
};

test("a view of another version is not guessed at, and the older side is named", async () => {
  await strange(answering({ ...view, version: 2 }));
  const { state } = await bk.until((peer) => peer.state.failure === "otherVersion");
  assert.equal(
    state.sentence,
    "it answers, with views of version 2 where this healer knows version 1: bring this host to the newer release",
  );
});

test("a view with more in it than this release knows is one, and a status that it cannot read is not shown", async () => {
  let sequence = 0;
  await strange((request, response) => {
    sequence += 1;
    const more = {
      marks: { planned: "a new mark's host", evacuating: true },
      status: { verdict: "fine", what: "new" },
    };
    answering({ ...view, ...more, sequence, novelty: [1] })(request, response);
  });
  const { state } = await bk.until((peer) => peer.state.status === "green");
  assert.equal(state.sentence, "it goes away on purpose: a new mark's host");
  const { statusCode, payload } = await bk.api.app.inject({
    method: "GET",
    url: "/v1/peers/mb/status",
    headers: { authorization: `Bearer ${testToken}` },
  });
  assert.equal(statusCode, 503);
  assert.match(
    payload,
    /the healer of host mb speaks of its machines as release 0\.2\.0 does, which this one does not read/,
  );
});

test("a view that never grows is no sign of life", async () => {
  await strange(answering(view));
  const { state } = await bk.until((peer) => peer.state.status === "silent");
  assert.match(state.sentence, /its view 1 is no newer/);
});

test("garbage is told as what it is", async () => {
  const cases = [
    ["<html>", /^what it answers is no view: all of it: /],
    [{ ...view, sequence: -1 }, /^what it answers is no view: sequence: /],
    [{ ...view, host: "cc" }, /^it says that it is the healer of cc, and has the key that is pinned for mb$/],
    [{ ...view, healer: "\u001b[2J" }, /^what it answers is no view: healer: /],
  ] as const;
  let body: unknown;
  await strange((request, response) => answering(body)(request, response));
  for (const [next, sentence] of cases) {
    body = next;
    const { state } = await bk.until((peer) => sentence.test(peer.state.sentence));
    assert.equal(state.failure, "garbage");
  }
});

test("an answer without end is cut off", async () => {
  await strange((_request, response) => {
    const more = () => response.write(" ".repeat(64 * 1024), (error) => error ?? more());
    more();
  });
  const { state } = await bk.until((peer) => peer.state.failures > 0);
  assert.notEqual(state.status, "green");
});

test("a refusal is no view either", async () => {
  await strange(answering({ error: "failed" }, 500));
  await bk.until((peer) => peer.state.sentence === "it answers with status 500 instead of a view");
});

test("that a peer fails is no failure of the one who was asked, and is said as what it is", async () => {
  let sequence = 0;
  const failed = { error: "failed", message: "the healer failed to answer this.", remedy: "its log says why." };
  await strange((request, response) => {
    sequence += 1;
    if (request.url === "/v1/view") answering({ ...view, sequence })(request, response);
    else answering(failed, 500)(request, response);
  });
  await bk.until((peer) => peer.state.status === "green");
  const headers = { authorization: `Bearer ${testToken}` };
  for (const path of ["slots/web-1", "history"]) {
    const answer = await bk.api.app.inject({ method: "GET", url: `/v1/peers/mb/${path}`, headers });
    assert.deepEqual([answer.statusCode, answer.json().error], [503, "peerUnavailable"], path);
    assert.equal(answer.json().message, "the healer of host mb refused to answer this (failed).");
  }
});

test("a peer that is slow is waited for so long and no longer, and asked again", async () => {
  let asked = 0;
  await strange((request, response) => {
    asked += 1;
    if (asked <= 2) return;
    answering({ ...view, sequence: asked })(request, response);
  });
  await bk.until((peer) => peer.state.sentence === "it does not answer within 1.5 s");
  await bk.until((peer) => peer.state.status === "green");
});

test("a peer that answers a byte at a time does not hold up the next question", async () => {
  await strange((_request, response) => {
    response.writeHead(200);
    const dripping = setInterval(() => response.write(" "), 100);
    response.on("close", () => clearInterval(dripping));
  });
  await bk.until((peer) => peer.state.failures > 1);
});

test("a connection that opens and says nothing is given up", async () => {
  const sockets: { destroy(): void }[] = [];
  const server = createNetServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(port, addressOf.mb, resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  await meet((await ensureIdentity(`${bk.dir}/mb.key`)).key);
  const { state } = await bk.until((peer) => peer.state.failure === "timeout");
  assert.equal(state.sentence, "it does not answer within 1.5 s");
});

test("what speaks no TLS is no healer", async () => {
  const server = createNetServer((socket) => {
    socket.on("error", () => {}).resume();
    socket.end("220 mail\r\n");
  });
  await new Promise<void>((resolve) => server.listen(port, addressOf.mb, resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  await meet((await ensureIdentity(`${bk.dir}/mb.key`)).key);
  const { state } = await bk.until((peer) => peer.state.failure === "garbage");
  assert.match(state.sentence, /^what answers on 127\.0\.0\.2:\d+ is no healer: /);
});
