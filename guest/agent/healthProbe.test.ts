import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { HealthProbe, type ProbeCheck, type ProbeResult } from "./healthProbe.ts";

const body = '{"status":"OK"}';
const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** A server that does with each request what it is told, and a probe of it. */
async function probeOf(t: TestContext, onRequest: (socket: Socket, number: number) => void) {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", () => {
      requests += 1;
      onRequest(socket, requests);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const idleClosed = Promise.withResolvers<void>();
  const { port } = server.address() as AddressInfo;
  const probe = new HealthProbe("127.0.0.1", port, "/healthz", idleClosed.resolve);
  t.after(() => {
    probe.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { probe, sockets, idleClosed: idleClosed.promise, requests: () => requests };
}

function checked(probe: HealthProbe): Promise<ProbeResult> {
  return new Promise((resolve) => probe.check(resolve));
}

const good = { answer: { status: 200, body, keepAlive: true } };

test("one connection serves one check after the other, in whatever pieces its answers come", async (t) => {
  const { probe, sockets } = await probeOf(t, async (socket) => {
    for (const piece of answer.match(/.{1,7}/gs) ?? []) {
      socket.write(piece);
      await sleep(1);
    }
  });
  for (const _ of [1, 2, 3]) assert.deepEqual(await checked(probe), good);
  assert.equal(sockets.size, 1);
});

test("a kept connection that ends is told at once, and the next check has a new one", async (t) => {
  for (const end of ["end", "destroy", "resetAndDestroy"] as const) {
    const { probe, sockets, idleClosed } = await probeOf(t, (socket) => socket.write(answer));
    await checked(probe);
    for (const socket of sockets) socket[end]();
    await idleClosed;
    assert.deepEqual(await checked(probe), good);
  }
});

test("a failure on a kept connection is tried once more on a fresh one, and one on that counts", async (t) => {
  const { probe, sockets, requests } = await probeOf(t, (socket, number) => {
    if (number === 1 || number === 3) socket.write(answer);
    else socket.destroy();
  });
  await checked(probe);
  assert.deepEqual(await checked(probe), good);
  assert.deepEqual([requests(), sockets.size], [3, 2]);
  const fault = { fault: "was cut off", isRefused: false };
  assert.deepEqual(await checked(probe), fault);
  assert.equal(requests(), 5);
});

test("a check that was given up says nothing, also when its answer comes late", async (t) => {
  const { probe } = await probeOf(t, async (socket) => {
    await sleep(20);
    socket.write(answer);
  });
  const told: ProbeResult[] = [];
  probe.check((result) => told.push(result)).giveUp();
  await sleep(60);
  assert.deepEqual(told, []);
});

test("to give up what was answered leaves its connection to the next check", async (t) => {
  const { probe, sockets } = await probeOf(t, (socket) => socket.write(answer));
  const check = await new Promise<ProbeCheck>((resolve) => {
    const begun = probe.check(() => resolve(begun));
  });
  check.giveUp();
  assert.deepEqual(await checked(probe), good);
  assert.equal(sockets.size, 1);
});

test("a port on which nothing listens refuses", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const probe = new HealthProbe("127.0.0.1", port, "/healthz", () => {});
  assert.deepEqual(await checked(probe), { fault: "was refused", isRefused: true });
});
