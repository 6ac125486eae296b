import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusals } from "./refusals.ts";

const port = 18_514;

test("each datagram is a refused request", async (context) => {
  const refusals = new Refusals(port);
  const nginx = createSocket("udp4");
  context.after(() => nginx.close());
  assert.equal(refusals.count, 0);
  const deadlineMs = performance.now() + 5_000;
  // What is sent before the port is open is lost, as it would be while an agent starts.
  while (refusals.count < 3 && performance.now() < deadlineMs) {
    nginx.send("<190>Nov 22 22:00:00 nginx: GET", port, "127.0.0.1");
    await sleep(5);
  }
  assert.ok(refusals.count >= 3);
});
