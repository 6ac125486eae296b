/** Requests and connections that no caller of good will would make. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiFixture, apiFixture, testToken } from "../../test/support/apiFixture.ts";
import { apiHost } from "./apiAddress.ts";
import { problemSchema } from "./problemSchema.ts";
import { eventLimits } from "./routes/eventRoutes.ts";
import { connectionLimits } from "./server.ts";

const authorization = `Bearer ${testToken}`;
const few = 4;

let api: ApiFixture;
let url: string;
let open: Socket[];

beforeEach(() => serve());

afterEach(() => end());

async function serve(connections = {}): Promise<void> {
  api = await apiFixture({ connections });
  url = await api.app.listen({ host: apiHost, port: 0 });
  open = [];
}

async function end(): Promise<void> {
  for (const socket of open) socket.destroy();
  await api.close();
}

/** A connection that sends this, and takes nothing of what comes back until it is asked to. */
function knock(text: string): Socket {
  const socket = connect(Number(new URL(url).port), apiHost).pause();
  socket.on("error", () => {});
  socket.write(text);
  open.push(socket);
  return socket;
}

async function answerTo(text: string): Promise<{ readonly status: number; readonly body: unknown }> {
  let answer = "";
  for await (const chunk of knock(text)) answer += chunk;
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body: JSON.parse(body) };
}

test("what is no HTTP is answered as every other problem, and the connection is gone", async () => {
  const cases = [
    ["BREW /v1/status HTTP/1.1\r\nHost: x\r\n\r\n", 400, "the request is no HTTP."],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431, "the request's head is too long."],
  ] as const;
  for (const [text, status, message] of cases) {
    const answer = await answerTo(text);
    assert.equal(answer.status, status);
    assert.equal(problemSchema.parse(answer.body).message, message);
  }
});

test("a request that comes too slowly is told so", async () => {
  await end();
  await serve({ requestMs: 100, checkMs: 20 });
  for (const text of ["", "GET /livez HTTP/1.1\r\nHost: x\r\n"]) {
    const answer = await answerTo(text);
    assert.equal(answer.status, 408);
    assert.equal(problemSchema.parse(answer.body).message, "the request took too long to come.");
  }
});

test("whoever says nothing, or takes nothing of an answer, keeps out the others for a moment alone", async () => {
  const unread = "GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n".repeat(4);
  const crowds = [
    ["", { max: few, requestMs: 500, checkMs: 50 }],
    [unread, { max: few, idleMs: 500 }],
  ] as const;
  for (const [text, connections] of crowds) {
    await end();
    await serve(connections);
    for (let count = 0; count < few; count += 1) knock(text);
    const isAnswered = () =>
      fetch(`${url}/livez`, { headers: { connection: "close" } }).then(
        ({ ok }) => ok,
        () => false,
      );
    await sleep(100);
    assert.equal(await isAnswered(), false);
    const deadlineMs = performance.now() + 20_000;
    while (!(await isAnswered())) {
      assert.ok(performance.now() < deadlineMs, `they are still there: ${JSON.stringify(text.slice(0, 40))}`);
      await sleep(20);
    }
  }
});

test("no stream of events is silent for as long as a connection may be", () => {
  assert.ok(eventLimits.keepAliveMs * 2 < connectionLimits.idleMs);
});

test("a body that is too big is refused without being read, with the token and without it", async () => {
  const body = "x".repeat(8 * 1024 * 1024);
  for (const [headers, status] of [
    [{ authorization, "content-type": "application/json" }, 400],
    [{ "content-type": "application/json" }, 401],
  ] as const) {
    const answer = await api.app.inject({ method: "POST", url: "/v1/pause", headers, payload: body });
    assert.equal(answer.statusCode, status);
    problemSchema.parse(answer.json());
  }
});

test("what any object answers to is no machine", async () => {
  const headers = { authorization };
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    for (const path of [`/v1/slots/${name}`, `/v1/history?slot=${name}`, `/v1/events?follow=false&slot=${name}`]) {
      assert.equal((await api.app.inject({ url: path, headers })).statusCode, 404, path);
    }
    for (const wish of ["drain", "undrain", "replace"]) {
      const path = `/v1/slots/${name}/${wish}`;
      assert.equal((await api.app.inject({ method: "POST", url: path, headers })).statusCode, 404, path);
    }
    for (const path of ["/v1/pause", "/v1/resume"]) {
      const answer = await api.app.inject({ method: "POST", url: path, headers, payload: { slot: name } });
      assert.equal(answer.json().message, `host bk has no slot ${name}.`, path);
    }
  }
});

test("a name or a URL that nobody could mean is a problem like any other", async () => {
  const headers = { authorization };
  const long = "x".repeat(10_000);
  assert.equal((await api.app.inject({ url: `/v1/slots/${long}`, headers })).statusCode, 404);
  assert.equal((await api.app.inject({ url: `/v1/slots/${long}` })).statusCode, 401);
  const broken = await api.app.inject({ url: "/v1/slots/%zz", headers });
  assert.equal(broken.statusCode, 400);
  assert.match(problemSchema.parse(broken.json()).message, /'\/v1\/slots\/%zz' is not a valid url component/);
});

test("numbers are digits, and what a route does not know is not passed over", async () => {
  const headers = { authorization };
  const wrong = ["/v1/history?limit=1e2", "/v1/history?limit=", "/v1/history?solt=web-1", "/v1/incidents/0x1"];
  const events = ["since=", "since=0x2", "since=1e1", "kind[]=page", "follow=maybe"].map(
    (query) => `/v1/events?${query}`,
  );
  for (const path of [...wrong, ...events]) {
    assert.equal((await api.app.inject({ url: path, headers })).statusCode, 400, path);
  }
  const nothing = { ...headers, "last-event-id": "" };
  assert.equal((await api.app.inject({ url: "/v1/events?follow=false", headers: nothing })).statusCode, 400);
});
