import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { generateLoad, type LoadOptions } from "./generateLoad.ts";
import { type RequestRecord, succeeded } from "./requestRecord.ts";

const closed = { shape: "closed", connections: 1, thinkMs: [0, 0] } as const;

test("clients that think keep their connections, and ask no more than they should", async (t) => {
  const server = await serve(t, (_, response) => response.end());
  const loop = { shape: "closed", connections: 20, thinkMs: [200, 300] } as const;
  const records = await load(server, { loop, durationMs: 1_000 });
  assert.ok(records.every(succeeded));
  assert.equal(server.opened, 20);
  const isNew = records.filter(({ startMs, connectedMs }) => (connectedMs ?? 0) >= startMs);
  assert.equal(isNew.length, 20);
  // Each client asks at most once in 200 ms, and at least once in 300 ms and what its pauses are late.
  assert.ok(records.length >= 20 && records.length <= 20 * 6, `${records.length} requests`);
});

test("a connection that is reset under a request fails that one, and the next one goes over a new connection", async (t) => {
  let asked = 0;
  const server = await serve(t, ({ socket }, response) => {
    asked += 1;
    if (asked === 3) socket.resetAndDestroy();
    else response.end();
  });
  const records = await load(server, { loop: closed, maxRequests: 5 });
  assert.deepEqual(records.map(succeeded), [true, true, false, true, true]);
  assert.equal(records[2]?.error, "ECONNRESET");
  const opened = records.map(({ connectedMs = 0 }) => connectedMs);
  assert.equal(opened[2], opened[0]);
  assert.ok((opened[3] ?? 0) >= (records[3]?.startMs ?? Number.POSITIVE_INFINITY));
  assert.equal(opened[4], opened[3]);
});

test("a connection that ends between two requests fails neither", async (t) => {
  const server = await serve(t, ({ socket }, response) => response.end(() => setTimeout(() => socket.destroy(), 20)));
  const records = await load(server, { loop: { ...closed, thinkMs: [100, 100] }, maxRequests: 3 });
  assert.ok(records.every(succeeded));
  assert.equal(new Set(records.map(({ connectedMs }) => connectedMs)).size, 3);
});

test("a request that gets no answer fails at its deadline, on the connection that it had", async (t) => {
  const server = await serve(t, () => {});
  const [record] = await load(server, { loop: closed, maxRequests: 1, deadlineMs: 300 });
  assert.equal(record?.error, "DEADLINE");
  assert.ok((record?.connectedMs ?? 0) >= (record?.startMs ?? Number.POSITIVE_INFINITY));
});

test("a request that gets no connection has none, also if there was one before", async (t) => {
  const server = await serve(t, (_, response) => response.setHeader("connection", "close").end());
  const loop = { ...closed, thinkMs: [50, 50] } as const;
  const [first, ...others] = await load(server, { loop, maxRequests: 3 }, () => server.stopListening());
  assert.ok(first?.connectedMs);
  for (const { error, connectedMs } of others) assert.deepEqual([error, connectedMs], ["ECONNREFUSED", undefined]);
});

test("in an open loop of new connections each request has its own", async (t) => {
  const server = await serve(t, (_, response) => response.end());
  const loop = { shape: "open", ratePerS: 100, fresh: true, connections: 1 } as const;
  const records = await load(server, { loop, maxRequests: 5 });
  assert.equal(new Set(records.map(({ connectedMs }) => connectedMs)).size, 5);
  assert.equal(server.opened, 5);
});

test("a mixed load sleeps and posts, and names each post once", async (t) => {
  const server = await serve(t, (_, response) => response.end());
  const records = await load(server, { kind: "mixed", loop: closed, maxRequests: 60 });
  const posts = records.filter(({ kind }) => kind === "post");
  assert.ok(posts.length > 5 && posts.length < 55, `${posts.length} of 60 are posts`);
  assert.equal(new Set(posts.map(({ id }) => id)).size, posts.length);
  assert.ok(records.every(({ kind, id }) => kind === (id === undefined ? "sleep" : "post")));
});

interface Served {
  readonly port: number;
  /** How many connections were opened. */
  readonly opened: number;
  stopListening(): void;
}

async function serve(t: TestContext, listener: RequestListener): Promise<Served> {
  const server: Server = createServer((request: IncomingMessage, response) => listener(request, response));
  // As a balancer does, it says nothing of how long it waits.
  server.keepAliveTimeout = 0;
  let opened = 0;
  server.on("connection", () => {
    opened += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    stopListening: () => void server.close(),
    port: (server.address() as AddressInfo).port,
    get opened() {
      return opened;
    },
  };
}

async function load(
  { port }: Served,
  options: Partial<LoadOptions>,
  onRecord: (record: RequestRecord) => void = () => {},
): Promise<RequestRecord[]> {
  const records: RequestRecord[] = [];
  await generateLoad(
    {
      origin: `http://127.0.0.1:${port}`,
      kind: "number",
      loop: closed,
      sleepMs: [1, 1],
      deadlineMs: 2_000,
      durationMs: 5_000,
      maxRequests: 1_000,
      ...options,
    },
    new AbortController().signal,
    (record) => {
      records.push(record);
      onRecord(record);
    },
  );
  return records;
}
