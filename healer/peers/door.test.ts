/** Who knocks at the peers' port, and how far it comes. */
import assert from "node:assert/strict";
import { connect as connectNet, createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { freePort, type Meeting, meeting } from "../../test/support/peersFixture.ts";
import { doorLimits } from "./door.ts";
import { ensureIdentity } from "./identity.ts";
import { credentialsOf } from "./tls.ts";

let port: number;
let mb: Meeting;

/** mb is there and trusts bk, whose healer is not there: the test knocks in its place. */
before(async () => {
  port = await freePort();
  mb = await meeting("mb", port);
  const bk = await ensureIdentity(`${mb.dir}/bk.key`);
  await mb.trust("bk", bk.key);
  await mb.peers.watch(mb.plan);
  while (mb.peers.port === undefined) await sleep(10);
});

after(() => mb.close());

interface Knocked {
  readonly said: string;
  readonly forMs: number;
}

/** Resolves when the other side has ended it, with all that it said. */
function endOf(socket: Socket): Promise<Knocked> {
  const begunMs = performance.now();
  let said = "";
  socket.on("data", (data) => {
    said += data.toString("latin1");
  });
  socket.on("error", () => {});
  return new Promise((resolve) => {
    socket.on("close", () => resolve({ said, forMs: performance.now() - begunMs }));
  });
}

async function knock(keyName: string, more: object = {}): Promise<TLSSocket> {
  const credentials = credentialsOf(await ensureIdentity(`${mb.dir}/${keyName}.key`));
  return connect({ ...credentials, host: "127.0.0.2", port, localAddress: "127.0.0.1", ...more } as object);
}

const request = "GET /v1/view HTTP/1.1\r\nhost: mb\r\nconnection: close\r\n\r\n";

test("a peer with its pinned key is answered", async () => {
  const socket = await knock("bk");
  socket.write(request);
  const { said } = await endOf(socket);
  assert.match(said, /^HTTP\/1\.1 200 OK/);
  assert.match(said, /"host":"mb"/);
});

test("a peer can ask and change nothing, whatever it sends", async () => {
  for (const [line, status] of [
    ["POST /v1/pause", 404],
    ["DELETE /v1/slots/web-1", 404],
    ["GET /metrics", 404],
    ["GET /v1/peers", 404],
    ["GET /v1/history?limit=0", 400],
  ] as const) {
    const socket = await knock("bk");
    socket.write(`${line} HTTP/1.1\r\nhost: mb\r\nconnection: close\r\n\r\n`);
    assert.match((await endOf(socket)).said, new RegExp(`^HTTP/1\\.1 ${status} `), line);
  }
});

test("a key that is pinned for nobody gets no byte of an answer, nor does none at all", async () => {
  const stranger = await knock("stranger");
  stranger.write(request);
  assert.equal((await endOf(stranger)).said, "");
  const nameless = connect({ host: "127.0.0.2", port, localAddress: "127.0.0.1", rejectUnauthorized: false } as object);
  nameless.write(request);
  assert.equal((await endOf(nameless)).said, "");
  assert.ok(mb.log.some((line) => /at the address of bk was refused: it has no ed25519 key/.test(line)));
});

test("an older TLS is not spoken", async () => {
  const old = await knock("bk", { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
  old.write(request);
  assert.equal((await endOf(old)).said, "");
});

test("whoever is no host of the site does not even come to the handshake, and is told of once", async () => {
  for (let count = 0; count < 3; count += 1) {
    const socket = connectNet({ host: "127.0.0.2", port, localAddress: "127.0.0.9" });
    const { said, forMs } = await endOf(socket);
    assert.equal(said, "");
    assert.ok(forMs < 1_000, `it was kept for ${forMs} ms`);
  }
  assert.equal(mb.log.filter((line) => /127\.0\.0\.9 is no host of the site/.test(line)).length, 1);
});

test("half-open connections are few, end by themselves, and do not stand in the way for longer", async () => {
  const idle = Array.from({ length: doorLimits.connectionsPerAddress }, () => {
    return connectNet({ host: "127.0.0.2", port, localAddress: "127.0.0.1" });
  });
  const ends = idle.map((socket) => endOf(socket));
  await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
  const tooMany = connectNet({ host: "127.0.0.2", port, localAddress: "127.0.0.1" });
  assert.ok((await endOf(tooMany)).forMs < 1_000);
  for (const { said, forMs } of await Promise.all(ends)) {
    // A timed-out handshake may end with an alert; nothing of the healer is in it.
    assert.doesNotMatch(said, /HTTP|mb/);
    assert.ok(forMs < doorLimits.handshakeTimeoutMs + 3_000, `it was kept for ${forMs} ms`);
  }
  const socket = await knock("bk");
  socket.write(request);
  assert.match((await endOf(socket)).said, /^HTTP\/1\.1 200 OK/);
});

test("a port that is taken is named, and tried again until it is free", async () => {
  const taken = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
  const bk = await meeting("bk", port);
  try {
    await bk.peers.watch(bk.plan);
    while (!bk.log.some((line) => line.includes("noPeers"))) await sleep(10);
    assert.match(
      bk.log.join(""),
      /no peer can ask this healer: it cannot listen on 127\.0\.0\.1:\d+; `ss -ltnp sport = :\d+` says who has it/,
    );
    await new Promise((resolve) => taken.close(resolve));
    const deadlineMs = performance.now() + doorLimits.retryMs + 5_000;
    while (bk.peers.port === undefined && performance.now() < deadlineMs) await sleep(10);
    assert.equal(bk.peers.port, port);
  } finally {
    await bk.close();
  }
});
