import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { Heard } from "./heard.ts";
import { createProbes } from "./probes.ts";

test("a probe tells ping and port, each once, and a slot that is unknown is a mistake", async (t) => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const heard = new Heard();
  const targets = [{ slot: "web-1", address: "127.0.0.1", port }];
  const probes = createProbes({ targets, log: heard.log }, heard.emit);
  t.after(() => probes.close());

  probes.probe("web-1");
  probes.probe("web-1");
  await heard.until(() => heard.events.length === 2);
  assert.deepEqual(heard.all("ping"), [{ kind: "ping", slot: "web-1", answered: true }]);
  assert.deepEqual(heard.all("connect"), [{ kind: "connect", slot: "web-1", outcome: "open" }]);
  assert.throws(() => probes.probe("web-2"), /no slot web-2/);

  await new Promise((resolve) => server.close(resolve));
  await heard.until(() => {
    probes.probe("web-1");
    return heard.all("connect").some(({ outcome }) => outcome === "refused");
  });
});

test("a host that cannot ask says nothing about a machine", async (t) => {
  const heard = new Heard();
  // Neither ping nor TCP go to a broadcast address.
  const targets = [{ slot: "web-1", address: "255.255.255.255", port: 1 }];
  const probes = createProbes({ targets, log: heard.log }, heard.emit);
  t.after(() => probes.close());
  probes.probe("web-1");
  await heard.until(() => heard.logged.length === 2);
  assert.deepEqual(heard.events, []);
});
