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
