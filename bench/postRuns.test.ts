import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createService } from "../guest/stateless/service.ts";
import { comparePosts, watchRuns } from "./postRuns.ts";
import type { RequestRecord } from "./requestRecord.ts";
import type { Worker } from "./rig.ts";
import { openShell } from "./shell.ts";

function request(more: Partial<RequestRecord>): RequestRecord {
  return { kind: "post", intendedMs: 0, startMs: 0, endMs: 10, ownMs: 0, ...more };
}

test("what clients were told is compared with what ran", () => {
  const posts = [
    request({ id: "once", status: 200 }),
    request({ id: "twice", status: 200 }),
    request({ id: "never", status: 200 }),
    request({ id: "lost", error: "DEADLINE" }),
    request({ id: "unsent", error: "ECONNRESET" }),
  ];
  const runs = new Map([
    ["once", 1],
    ["twice", 2],
    ["lost", 1],
  ]);
  assert.deepEqual(comparePosts(posts, runs), { ranTwice: 1, answeredButNeverRan: 1, failedButRan: 1 });
});

test("the counters of a worker that drains and goes are read after its last request", async (t) => {
  const { worker, drain, close, post } = await workerOf(t);
  await post("early");
  const watch = watchRuns(openShell({ argv: ["sh"], env: process.env }), [worker]);
  await sleep(300);
  await post("late");
  await drain();
  await sleep(2_500);
  close();
  // What is found of a machine that has gone does not replace what it said.
  await sleep(1_500);
  const { runs, unread } = await watch.stop();
  assert.deepEqual([...runs.keys()].sort(), ["early", "late"]);
  assert.equal(unread, 0);
});

test("a worker that went before it was empty was not read to its end", async (t) => {
  const { worker, close, post } = await workerOf(t);
  await post("early");
  const watch = watchRuns(openShell({ argv: ["sh"], env: process.env }), [worker]);
  await sleep(500);
  close();
  const { runs, unread } = await watch.stop();
  assert.deepEqual([...runs.keys()], ["early"]);
  assert.equal(unread, 1);
});

async function workerOf(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "vigil-runs-"));
  t.after(() => rm(folder, { recursive: true }));
  const drainFile = join(folder, "drain");
  const who = { version: 1, site: "test", host: "bk", slot: "web-3", role: "worker" } as const;
  const facts = { ...who, address: "127.0.0.1", servicePort: 8080, heartbeatPort: 8081 };
  const { server } = createService({ facts, incarnation: "one", staticFolder: folder, drainFile });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.after(close);
  const worker: Worker = { id: "bk/web-3", host: "bk", domain: "web-3", address: "127.0.0.1", mac: "", port };
  const post = (id: string) =>
    fetch(`http://127.0.0.1:${port}/debug/count`, { method: "POST", body: JSON.stringify({ id }) });
  return { worker, drain: () => writeFile(drainFile, ""), close, post };
}
