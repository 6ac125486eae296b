import assert from "node:assert/strict";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createService, type Service } from "./service.ts";

const facts = {
  version: 1,
  site: "demo",
  host: "bk",
  slot: "web-1",
  role: "worker",
  address: "127.0.0.1",
  servicePort: 8080,
  heartbeatPort: 8081,
} as const;

const options = { facts, incarnation: "i", staticFolder: "/nowhere", drainFile: "/nowhere/drain" };

let service: Service;
let base: string;

before(async () => {
  service = createService({ ...options, staticFolder: join(import.meta.dirname, "../static") });
  base = await listen(service.server);
});
after(() => {
  service.server.closeAllConnections();
  service.server.close();
});

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function call(path: string, init?: RequestInit): Promise<{ status: number; type: string | null; body: unknown }> {
  const response = await fetch(base + path, { ...init, signal: AbortSignal.timeout(5000) });
  assert.equal(response.headers.get("x-vigil-slot"), "bk/web-1");
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
}

test("random values stay within their bounds", async () => {
  for (let round = 0; round < 20; round += 1) {
    const { body } = await call("/random/int?min=-2&max=2");
    const { value } = body as { value: number };
    assert.ok(Number.isInteger(value) && value >= -2 && value <= 2);
  }
  assert.deepEqual((await call("/random/boolean?probability=1.0")).body, { value: true });
  assert.deepEqual((await call("/random/boolean?probability=0")).body, { value: false });
  const { value } = (await call("/random/number")).body as { value: number };
  assert.ok(Number.isInteger(value) && value >= 0 && value <= 99);
  for (const path of ["/random/float?min=0.1&max=0.1", "/random/double?min=0.1&max=0.1"]) {
    assert.deepEqual((await call(path)).body, { value: 0.1 });
  }
  const wide = (await call("/random/double?min=-1.7e308&max=1.7e308")).body as { value: number };
  assert.ok(Number.isFinite(wide.value));
});

const badQueries: readonly [query: string, fault: string][] = [
  ["/random/boolean?probability=1.1", 'probability is "1.1"; expected a number from 0 to 1'],
  ["/random/boolean?probability=", 'probability is ""; expected a number from 0 to 1'],
  ["/random/int?min=1.5", 'min is "1.5"; expected an integer from -4503599627370495 to 4503599627370495'],
  ["/random/int?min=3&max=2", "min is 3; expected at most max, which is 2"],
  ["/random/int?min=1&min=2", "min is given 2 times; expected once"],
  ["/random/int?mim=1", "mim is unknown; expected min or max"],
  ["/random/number?min=1", "min is unknown; expected no parameter"],
  [
    "/random/double?max=Infinity",
    `max is "Infinity"; expected a number from ${-Number.MAX_VALUE} to ${Number.MAX_VALUE}`,
  ],
  ["/random/float?max=1e39", 'max is "1e39"; expected a number from -3.4028234663852886e+38 to 3.4028234663852886e+38'],
];

for (const [query, detail] of badQueries) {
  test(`${query} gets 400 and a problem document`, async () => {
    const { status, type, body } = await call(query);
    assert.equal(status, 400);
    assert.equal(type, "application/problem+json");
    assert.equal((body as { detail: string }).detail, detail);
  });
}

test("unknown paths and methods get problem documents", async () => {
  assert.equal((await call("/nothing")).status, 404);
  assert.equal((await call("/random/number", { method: "POST" })).status, 405);
  assert.equal((await call("/debug/count", { method: "POST", body: "{" })).status, 400);
  assert.equal((await call("/debug/count", { method: "POST", body: "{}" })).status, 400);
  assert.equal((await call("/debug/count", { method: "POST", body: "x".repeat(100_000) })).status, 413);
});

test("the counter tells which ids ran twice", async () => {
  const post = (id: string) => call("/debug/count", { method: "POST", body: JSON.stringify({ id }) });
  await post("a");
  await post("b");
  assert.deepEqual((await post("a")).body, { id: "a", runs: 2 });
  assert.deepEqual((await call("/debug/count")).body, { total: 3, duplicates: 1, duplicateIds: ["a"] });
  assert.deepEqual((await call("/debug/ids")).body, { ids: { a: 2, b: 1 } });
});

test("the OpenAPI document names every operation with its bounds", async () => {
  const { body } = await call("/openapi.json");
  const { paths } = body as {
    paths: Record<string, Record<string, { parameters: { name: string; schema: object }[] }>>;
  };
  assert.deepEqual(Object.keys(paths), [
    "/random/number",
    "/random/boolean",
    "/random/int",
    "/random/float",
    "/random/double",
    "/debug/sleep",
    "/debug/count",
    "/debug/ids",
  ]);
  assert.deepEqual(paths["/random/boolean"]?.get?.parameters[0]?.schema, {
    type: "number",
    minimum: 0,
    maximum: 1,
    default: 0.5,
  });
});

test("the documentation page is served, and nothing else of the disk", async () => {
  const page = await fetch(`${base}/docs`);
  assert.match(await page.text(), /swagger-ui-bundle\.js/);
  assert.equal((await fetch(`${base}/docs/../service.ts`)).status, 404);
  assert.equal((await fetch(`${base}/docs/%2e%2e/%2e%2e/etc/passwd`)).status, 404);
});

test("the heartbeat is one event at once and then five a second", async () => {
  const response = await fetch(`${base}/heartbeat`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.split("\n\n").length < 4) text += (await reader?.read())?.value ?? "";
  await reader?.cancel();
  assert.equal(text.split("\n\n")[2], 'data: {"status":"OK","slot":"bk/web-1","incarnation":"i"}');
});

test("a draining service sends the balancers away and still answers", async () => {
  const other = createService(options);
  const url = await listen(other.server);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  other.startDraining();
  const health = await fetch(`${url}/healthz`);
  assert.equal(health.status, 503);
  assert.equal(((await health.json()) as { status: string }).status, "DRAINING");
  const answer = await fetch(`${url}/random/number`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("connection"), "close");
  other.server.close();
});

test("it drains while a file says so, and tells how many requests are still under way", async (t) => {
  const drainFile = join(tmpdir(), `vigil-drain-${process.pid}`);
  t.after(() => rm(drainFile, { force: true }));
  const other = createService({ ...options, drainFile });
  const url = await listen(other.server);
  t.after(() => other.server.close());
  const health = async () => await (await fetch(`${url}/healthz`)).json();
  const slow = fetch(`${url}/debug/sleep?ms=300`);
  await sleep(100);
  await writeFile(drainFile, "");
  assert.deepEqual(await health(), {
    site: "demo",
    slot: "bk/web-1",
    incarnation: "i",
    status: "DRAINING",
    inFlight: 1,
  });
  assert.equal((await slow).status, 200);
  await (await slow).text();
  await sleep(50);
  assert.equal(((await health()) as { inFlight: number }).inFlight, 0);
  await rm(drainFile);
  assert.equal(((await health()) as { status: string }).status, "OK");
});
