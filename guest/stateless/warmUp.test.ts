import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { warmUp } from "./warmUp.ts";

test("a service answers itself many times, and then listens nowhere", async () => {
  const asked = new Set<string | undefined>();
  let requests = 0;
  const server = createServer(({ url }, response) => {
    asked.add(url);
    requests += 1;
    response.end("{}");
  });
  await warmUp(server);
  assert.deepEqual([...asked], ["/healthz", "/random/number"]);
  assert.ok(requests >= 20, `${requests} requests`);
  assert.equal(server.listening, false);
});

test("a service that fails to answer itself is not started", async () => {
  const server = createServer((request) => request.socket.destroy());
  await assert.rejects(warmUp(server), /socket hang up/);
  assert.equal(server.listening, false);
});

test("a service on a machine that stands still now and then asks itself until it does no longer", async () => {
  const { server, rounds } = slowWhen((round) => round >= 38 && round <= 45);
  await warmUp(server, { swiftMs: 100, inARow: 5, pauseMs: 1, limitMs: 30_000 });
  assert.ok(rounds() >= 45 + 5, `${rounds()} rounds`);
});

test("a service on a machine that stays slow is started all the same", async () => {
  const { server, rounds } = slowWhen((round) => round >= 38);
  await warmUp(server, { swiftMs: 100, inARow: 5, pauseMs: 1, limitMs: 500 });
  assert.ok(rounds() >= 40, `${rounds()} rounds`);
  assert.equal(server.listening, false);
});

function slowWhen(isSlow: (round: number) => boolean) {
  let rounds = 0;
  const server = createServer(({ url }, response) => {
    if (url === "/healthz") rounds += 1;
    setTimeout(() => response.end("{}"), isSlow(rounds) ? 60 : 0);
  });
  return { server, rounds: () => rounds };
}
