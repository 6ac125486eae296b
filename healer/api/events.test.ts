import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { type ApiFixture, type ApiFixtureOptions, apiFixture, testToken } from "../../test/support/apiFixture.ts";
import { apiHost } from "./apiAddress.ts";

const authorization = `Bearer ${testToken}`;

/** A test that waits for an entry which never comes is to fail, and not to stand still: then its streams end, too. */
const bounded = { timeout: 30_000 };

interface Served {
  readonly api: ApiFixture;
  readonly url: string;
  /** Resolves once the server has taken the reader on: it gets whatever is written from then on. */
  readonly follow: (query?: string, headers?: Record<string, string>) => Promise<Follower>;
}

interface Follower {
  /** The ids of the next events; fewer only if the stream ends before. Then it leaves. */
  take(count: number): Promise<string[]>;
}

async function withApi(
  { signal }: TestContext,
  options: ApiFixtureOptions,
  use: (served: Served) => Promise<void>,
): Promise<void> {
  const api = await apiFixture(options);
  try {
    const url = `${await api.app.listen({ host: apiHost, port: 0 })}/v1/events`;
    await use({ api, url, follow: (query = "", headers = {}) => follow(`${url}${query}`, headers, signal) });
  } finally {
    await api.close();
  }
}

async function follow(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Follower> {
  const leaving = new AbortController();
  const ending = AbortSignal.any([leaving.signal, signal]);
  const answer = await fetch(url, { headers: { authorization, ...headers }, signal: ending });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const events = answer.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  return {
    async take(count) {
      const ids: string[] = [];
      for await (const { id, event, data } of events ?? []) {
        assert.equal(JSON.parse(data).kind, event);
        if (ids.push(id ?? "") === count) break;
      }
      leaving.abort();
      return ids;
    },
  };
}

test("a reader that comes again with its last id misses nothing and gets nothing twice", bounded, async (t) => {
  await withApi(t, { maxJournalBytes: 400 }, async ({ api: { journal }, follow }) => {
    const write = async (count: number) => {
      for (let index = 0; index < count; index += 1) await journal.append({ kind: "note", sentence: "one" });
    };
    await write(5);
    const first = await follow("?since=0");
    await write(5);
    assert.deepEqual(await first.take(8), ["1", "2", "3", "4", "5", "6", "7", "8"]);
    await write(5);
    const again = await follow("?since=0", { "last-event-id": "8" });
    await write(2);
    assert.deepEqual(await again.take(9), ["9", "10", "11", "12", "13", "14", "15", "16", "17"]);
  });
});

test("without a beginning it begins now; without following it ends with what there is", bounded, async (t) => {
  await withApi(t, {}, async ({ api: { journal }, follow }) => {
    await journal.append({ kind: "old" });
    const live = await follow();
    await journal.append({ kind: "new" });
    assert.deepEqual(await live.take(1), ["2"]);
    const all = await follow("?since=0&follow=false");
    assert.deepEqual(await all.take(99), ["1", "2"]);
    const none = await follow("?since=2100-01-01T00:00:00Z&follow=false");
    assert.deepEqual(await none.take(99), []);
  });
});

test("a reader may want one machine, or some kinds of entries, and nothing else", bounded, async (t) => {
  await withApi(t, {}, async ({ api: { journal }, url, follow }) => {
    const repair = (slot: string) => ({ slot, repair: "replace", cause: "machineCrashed", sentence: "" });
    await journal.append({ kind: "status", slot: "web-1", status: "red", sentence: "" });
    await journal.append({ kind: "status", slot: "web-2", status: "red", sentence: "" });
    await journal.append({ kind: "repairBegun", generation: 1, slots: [repair("web-1"), repair("web-2")] });
    await journal.append({ kind: "page", topic: "vipNone", sentence: "" });
    const wanted = async (query: string) => (await follow(`?since=0&follow=false&${query}`)).take(99);
    assert.deepEqual(await wanted("slot=web-1"), ["1", "3"]);
    assert.deepEqual(await wanted("kind=page"), ["4"]);
    assert.deepEqual(await wanted("kind=page&kind=status&slot=web-2"), ["2"]);
    const refused = await fetch(`${url}?kind=pages`, { headers: { authorization }, signal: t.signal });
    assert.match(((await refused.json()) as { message: string }).message, /^kind: write one of opened, .*page/);
  });
});

test("the end of the server is the end of its streams", bounded, async (t) => {
  await withApi(t, {}, async ({ api: { app }, follow }) => {
    const followers = await Promise.all([follow(), follow()]);
    const taken = Promise.all(followers.map((follower) => follower.take(1)));
    await app.close();
    assert.deepEqual(await taken, [[], []]);
  });
});

test("a silent stream says that it is there", bounded, async (t) => {
  await withApi(t, { events: { keepAliveMs: 20 } }, async ({ url }) => {
    const answer = await fetch(url, { headers: { authorization }, signal: t.signal });
    let text = "";
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.includes("still here")) break;
    }
    assert.match(text, /^: the journal\n\n(: still here\n\n)+$/);
  });
});

test("no more than so many read at once, and whoever leaves makes room", bounded, async (t) => {
  await withApi(t, { events: { maxReaders: 1 } }, async ({ api: { journal }, url, follow }) => {
    const only = await follow();
    const refused = await fetch(url, { headers: { authorization }, signal: t.signal });
    assert.equal(refused.status, 429);
    assert.equal(((await refused.json()) as { error: string }).error, "tooManyReaders");
    await journal.append({ kind: "note" });
    await only.take(1);
    const hasRoom = async () => (await fetch(`${url}?follow=false`, { headers: { authorization } })).status === 200;
    // The server sees a little later that its reader has gone.
    while (!(await hasRoom())) await sleep(10, undefined, { signal: t.signal });
  });
});

test("a reader that does not read is dropped", bounded, async (t) => {
  await withApi(t, { events: { maxWaiting: 3 } }, async ({ api: { journal, log }, url }) => {
    const { port, pathname } = new URL(url);
    const socket = connect(Number(port), apiHost);
    await once(socket, "connect");
    socket.pause();
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
    const big = "x".repeat(500_000);
    const isDropped = () => log.some((line) => line.includes("entries behind"));
    for (let index = 0; index < 60 && !isDropped(); index += 1) await journal.append({ kind: "note", sentence: big });
    assert.ok(isDropped(), "it was buffered for");
    socket.destroy();
  });
});
