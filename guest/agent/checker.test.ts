import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Change, Checker } from "./checker.ts";
import { judgeWorker } from "./healthAnswer.ts";

const times = {
  tickMs: 25,
  intervalMs: 100,
  timeoutMs: 250,
  giveUpMs: 750,
  absentIntervalMs: 200,
  fall: 2,
  busyFall: 8,
  rise: 1,
  softLimitMs: 3000,
  falseAlarmsLastMs: 60_000,
  maxFalseAlarms: 2,
  youngMs: 0,
};

interface Worker {
  readonly server: Server;
  readonly port: number;
  behaviour: "good" | "silent";
  lateMs: number;
}

const servers: Server[] = [];
after(() => servers.forEach(stop));

async function startWorker(slot: string, port = 0): Promise<Worker> {
  const body = JSON.stringify({ site: "demo", slot, incarnation: "i", status: "OK" });
  const server = createServer((_request, response) => {
    if (worker.behaviour === "silent") return;
    const answer = () => response.writeHead(200, { "content-length": body.length }).end(body);
    if (worker.lateMs > 0) setTimeout(answer, worker.lateMs);
    else answer();
  });
  servers.push(server);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const worker: Worker = { server, port: (server.address() as AddressInfo).port, behaviour: "good", lateMs: 0 };
  return worker;
}

function stop(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** Checks workers by slot and hands each change to whoever waits for the next. */
function check(ports: Readonly<Record<string, number>>) {
  const changes: Change[] = [];
  let wake = () => {};
  const checker = new Checker(
    times,
    Object.entries(ports).map(([id, port]) => ({
      id,
      address: "127.0.0.1",
      port,
      path: "/healthz",
      judge: (answer) => judgeWorker(answer, { site: "demo", id }),
    })),
    {
      onChange: (change) => {
        changes.push(change);
        wake();
      },
    },
  );
  const next = async () => {
    const deadline = AbortSignal.timeout(3000);
    while (changes.length === 0) {
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        deadline.onabort = () => reject(new Error("no change of verdict within 3 s"));
      });
    }
    return changes.shift()?.after.verdict;
  };
  return { checker, next, changes };
}

test("a worker is found, its death is seen at once, and so is its return", async (context) => {
  const worker = await startWorker("bk/web-1");
  const { checker, next } = check({ "bk/web-1": worker.port });
  context.after(() => checker.close());
  assert.equal(await next(), "up");
  stop(worker.server);
  assert.equal(await next(), "hard");
  await startWorker("bk/web-1", worker.port);
  assert.equal(await next(), "up");
});

test("a silent worker is soft after two overlapping checks, and up again with its first answer", async (context) => {
  const worker = await startWorker("bk/web-1");
  const { checker, next } = check({ "bk/web-1": worker.port });
  context.after(() => checker.close());
  assert.equal(await next(), "up");
  const silentMs = performance.now();
  worker.behaviour = "silent";
  assert.equal(await next(), "soft");
  assert.ok(performance.now() - silentMs > times.timeoutMs - times.intervalMs, "one silence is not enough");
  worker.behaviour = "good";
  assert.equal(await next(), "up");
});

test("a worker that answers late now and then stays up", async (context) => {
  const worker = await startWorker("bk/web-1");
  const { checker, next, changes } = check({ "bk/web-1": worker.port });
  context.after(() => checker.close());
  assert.equal(await next(), "up");
  for (let round = 0; round < 3; round += 1) {
    worker.behaviour = "silent";
    await sleep(110);
    worker.behaviour = "good";
    await sleep(400);
  }
  assert.deepEqual(changes, []);
});

test("an agent that did not run blames nobody", async (context) => {
  const worker = await startWorker("bk/web-1");
  const { checker, next, changes } = check({ "bk/web-1": worker.port });
  context.after(() => checker.close());
  assert.equal(await next(), "up");
  await sleep(120);
  // Stops the worker and the checker alike, as a starved machine would.
  const untilMs = performance.now() + 900;
  while (performance.now() < untilMs);
  await sleep(200);
  assert.deepEqual(changes, []);
});

test("another machine on the address never counts as the worker", async (context) => {
  const worker = await startWorker("mb/web-9");
  const { checker } = check({ "bk/web-1": worker.port });
  context.after(() => checker.close());
  await sleep(150);
  assert.equal(checker.settled, true);
  const [entry] = checker.view();
  assert.equal(entry?.health.verdict, "absent");
  assert.match(entry?.health.reason ?? "", /answered by demo:mb\/web-9 instead of demo:bk\/web-1/);
});

test("a worker that answers late is not asked over ever more connections, and its late answer counts", async (context) => {
  const worker = await startWorker("bk/web-1");
  const { checker, next, changes } = check({ "bk/web-1": worker.port });
  context.after(() => checker.close());
  assert.equal(await next(), "up");
  let connections = 0;
  worker.server.on("connection", () => {
    connections += 1;
  });
  worker.lateMs = 350;
  await sleep(3_000);
  assert.ok(connections <= 10, `${connections} connections`);
  assert.deepEqual(changes, []);
});
