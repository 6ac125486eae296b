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

test("an empty pool names the server that answers 503", () => {
  assert.equal(renderUpstreams([]), "server 127.0.0.1:8503 max_fails=0;\n");
  assert.equal(renderUpstreams([one]), "server 192.168.10.10:8080 max_fails=0;\n");
});

test("the pool of a machine that has just booted is known to be empty", () => {
  const seed = readFileSync(join(import.meta.dirname, "../image/rootfs/etc/init.d/vigil-seed"), "utf8");
  const [, written] = seed.match(/echo "(.*)" >\/run\/nginx\/upstreams\.conf/) ?? [];
  assert.equal(`${written}\n`, renderUpstreams([]));
});

test("a worker is given as many requests at once as the site facts say", () => {
  assert.equal(renderUpstreams([{ ...one, maxConns: 8 }]), "server 192.168.10.10:8080 max_fails=0 max_conns=8;\n");
  assert.equal(renderUpstreams([]), "server 127.0.0.1:8503 max_fails=0;\n");
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
