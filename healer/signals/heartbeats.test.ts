import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Heard } from "./heard.ts";
import { listenToHeartbeats } from "./heartbeats.ts";

const wire = {
  status: "OK",
  slot: "bk/web-1",
  incarnation: "54832776-b261-48aa-9264-2bb9ab365278",
  seq: 7,
  uptimeMs: 1234,
  service: "up",
  files: "abc",
  busy: 0.25,
  freeBytes: 1_000_000,
};

test("beats arrive in the core's words", async (t) => {
  const { heard } = await listenTo(t, (response) => send(response, { ...wire, vrrp: "BACKUP", holdsVip: false }));
  await heard.until(() => heard.all("beat").length > 0);
  const { slot, incarnation, service, files, busy, freeBytes } = { ...wire, slot: "web-1" } as const;
  const beat = { incarnation, service, files, busy, freeBytes, vrrp: "BACKUP", holdsVip: false };
  assert.deepEqual(heard.events.slice(0, 2), [
    { kind: "connect", slot, outcome: "open" },
    { kind: "beat", slot, beat },
  ]);
});

test("another machine at the slot's address is no heartbeat of it, and the log says whose it is", async (t) => {
  const { heard } = await listenTo(t, (response) => send(response, { ...wire, slot: "mb/web-1" }));
  await heard.until(() => heard.all("connect").length > 1);
  assert.deepEqual(heard.all("beat"), []);
  assert.equal(heard.logged.length, 1, "what lasts is logged once");
  assert.match(heard.logged.join(), /mb\/web-1 answers at the address of bk\/web-1/);
});

test("a line that is no heartbeat is none, however it is broken", async (t) => {
  for (const broken of ["{", '{"slot":"bk/web-1"}', JSON.stringify({ ...wire, service: "splendid" })]) {
    const { heard, signal } = await listenTo(t, (response) => response.write(`data: ${broken}\n\n`));
    await heard.until(() => heard.logged.length > 0);
    assert.deepEqual(heard.all("beat"), []);
    await signal.close();
  }
});

test("a stream that falls silent is opened anew, and that says nothing about the port", async (t) => {
  const { heard } = await listenTo(t, (response) => send(response, wire));
  await heard.until(() => heard.all("beat").length >= 2);
  assert.deepEqual(
    heard.all("connect").map(({ outcome }) => outcome),
    ["open", "open"],
  );
});

test("a port that refuses is told again and again, and an agent that comes back is heard soon", async (t) => {
  const { heard, server, port } = await listenTo(t, (response) => send(response, wire));
  await heard.until(() => heard.all("beat").length > 0);
  await stop(server);
  await heard.until(() => heard.all("connect").filter(({ outcome }) => outcome === "refused").length >= 2);
  const back = createServer((_, response) => send(response.writeHead(200), wire));
  await new Promise<void>((resolve) => back.listen(port, "127.0.0.1", resolve));
  t.after(() => stop(back));
  const before = heard.all("beat").length;
  await heard.until(() => heard.all("beat").length > before, 2_000);
});

test("an error status is not waited upon", async (t) => {
  const { heard } = await listenTo(t, (response) => response.end("busy"), 503);
  await heard.until(() => heard.all("connect").length > 1);
  assert.match(heard.logged.join(), /status 503/);
});

test("nothing is told after the close", async (t) => {
  const { heard, signal } = await listenTo(t, (response) => {
    const timer = setInterval(() => send(response, wire), 5);
    response.on("close", () => clearInterval(timer));
  });
  await heard.until(() => heard.all("beat").length > 3);
  await signal.close();
  const { length } = heard.events;
  await sleep(50);
  assert.equal(heard.events.length, length);
});

async function listenTo(t: TestContext, answer: (response: ServerResponse) => void, status = 200) {
  const server = createServer((_, response) =>
    answer(response.writeHead(status, { "content-type": "text/event-stream" })),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const heard = new Heard();
  const targets = [{ slot: "web-1", id: "bk/web-1", address: "127.0.0.1", port }];
  const times = { idleTimeoutMs: 200, firstRetryMs: 20, maxRetryMs: 100 };
  const signal = listenToHeartbeats({ targets, times, log: heard.log }, heard.emit);
  t.after(async () => {
    await signal.close();
    await stop(server);
  });
  return { heard, signal, server, port };
}

function send(response: ServerResponse, beat: object): void {
  response.write(`data: ${JSON.stringify(beat)}\n\n`);
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
