import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ReloadPacer } from "./reloadPacer.ts";
import { type BalancerPort, UpstreamPool } from "./upstreamPool.ts";
import { renderUpstreams } from "./upstreamsFile.ts";

const one = { address: "192.168.10.10", port: 8080 };
const two = { address: "192.168.10.20", port: 8080 };

/** A machine without nginx that remembers what was asked of it. */
function recorder(found?: string) {
  const files: string[] = [];
  const dropped: string[] = [];
  const port: BalancerPort = {
    readFile: () => found,
    writeFile: (text) => void files.push(text),
    reload: () => true,
    dropConnections: ({ address }) => void dropped.push(address),
  };
  return { files, dropped, port };
}

const lineOf = ({ address, port }: typeof one, maxConns?: number) =>
  `server ${address}:${port} max_fails=0${maxConns === undefined ? "" : ` max_conns=${maxConns}`};\n`;

test("an empty pool names the server that answers 503, once", () => {
  assert.equal(renderUpstreams([]), lineOf({ address: "127.0.0.1", port: 8503 }));
});

test("workers are named once, and a lone one as often as a request is tried", () => {
  assert.equal(renderUpstreams([one, two]), lineOf(one) + lineOf(two));
  assert.equal(renderUpstreams([one]), lineOf(one).repeat(3));
});

test("the pool of a machine that has just booted is known to be empty", () => {
  const seed = readFileSync(join(import.meta.dirname, "../image/rootfs/etc/init.d/vigil-seed"), "utf8");
  const [, written] = seed.match(/echo "(.*)" >\/run\/nginx\/upstreams\.conf/) ?? [];
  assert.equal(`${written}\n`, renderUpstreams([]));
});

test("a worker is given as many requests at once as the site facts say, by however many names", () => {
  const limited = (maxConns: number, ...workers: (typeof one)[]) =>
    renderUpstreams(workers.map((worker) => ({ ...worker, maxConns })));
  assert.equal(limited(8, one, two), lineOf(one, 8) + lineOf(two, 8));
  assert.equal(limited(8, one), lineOf(one, 2) + lineOf(one, 3) + lineOf(one, 3));
  assert.equal(limited(2, one), lineOf(one, 1).repeat(2));
  assert.equal(limited(1, one), lineOf(one, 1));
});

test("the file is there before nginx starts, and one that was found is kept", () => {
  const fresh = recorder();
  new UpstreamPool(fresh.port);
  assert.deepEqual(fresh.files, [renderUpstreams([])]);
  const found = recorder(renderUpstreams([one]));
  assert.equal(new UpstreamPool(found.port).hasWorkers, true);
  assert.deepEqual(found.files, []);
});

test("the first change is written at once, those that follow together", async () => {
  const { files, port } = recorder(renderUpstreams([]));
  const pool = new UpstreamPool(port);
  pool.set([one], []);
  assert.deepEqual(files, [renderUpstreams([one])]);
  pool.set([], []);
  pool.set([one, two], []);
  assert.equal(files.length, 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(files, [renderUpstreams([one]), renderUpstreams([one, two])]);
  pool.close();
});

test("a pool that is as wanted again before its turn is not written", async () => {
  const { files, port } = recorder(renderUpstreams([]));
  const pool = new UpstreamPool(port);
  pool.set([one], []);
  pool.set([], []);
  pool.set([one], []);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(files, [renderUpstreams([one])]);
  pool.close();
});

test("connections to a lost worker are dropped at once, whenever the reload comes", () => {
  const { dropped, port } = recorder(renderUpstreams([one, two]));
  const pool = new UpstreamPool(port);
  pool.set([one], [two]);
  assert.deepEqual(dropped, [two.address]);
  pool.close();
});

test("the pause between reloads doubles while changes keep coming, and shrinks after quiet", () => {
  const pacer = new ReloadPacer(200, 1600);
  assert.equal(pacer.waitMs(0), 0);
  pacer.reloaded(0);
  assert.equal(pacer.waitMs(50), 150);
  let nowMs = 0;
  const waits = Array.from({ length: 5 }, () => {
    const waitMs = pacer.waitMs(nowMs);
    nowMs += waitMs;
    pacer.reloaded(nowMs);
    return waitMs;
  });
  assert.deepEqual(waits, [200, 400, 800, 1600, 1600]);
  pacer.reloaded(nowMs + 60_000);
  assert.equal(pacer.waitMs(nowMs + 60_000), 200);
});
