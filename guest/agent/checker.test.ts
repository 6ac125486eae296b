import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Change, Checker } from "./checker.ts";
import { judgeWorker } from "./healthAnswer.ts";
import { type KnockAt, knockAt } from "./machineKnock.ts";

const times = {
  tickMs: 25,
  intervalMs: 100,
  timeoutMs: 250,
  giveUpMs: 750,
  absentIntervalMs: 200,
  unbuiltAfterMs: 1000,
  fall: 2,
  busyFall: 4,
  rise: 1,
  softLimitMs: 3000,
  falseAlarmsLastMs: 60_000,
  maxFalseAlarms: 2,
  youngMs: 0,
  slownessLastsMs: 60_000,
  slownessFactor: 3,
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

/** Stands for a machine that is gone: on loopback there is always a kernel that answers. */
const nobodyThere: KnockAt = () => ({ giveUp() {} });

/** Checks workers by slot and hands each change to whoever waits for the next. */
function check(ports: Readonly<Record<string, number>>, knock?: KnockAt) {
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
    knock,
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

test("what an earlier checker knew of a worker is where the next one begins", async (context) => {
  const worker = await startWorker("bk/web-1");
  const { checker, next } = check({ "bk/web-1": worker.port });
  assert.equal(await next(), "up");
  const targets = checker.view().map(({ target, health }) => ({ ...target, known: health }));
  checker.close();
  const later = new Checker(times, targets, { onChange: () => {} });
  context.after(() => later.close());
  assert.deepEqual(
    later.view().map(({ health }) => health.verdict),
    ["up"],
  );
});

test("a worker whose machine is gone is soft after a check and a knock that overlap", async (context) => {
  const worker = await startWorker("bk/web-1");
  const { checker, next } = check({ "bk/web-1": worker.port }, nobodyThere);
  context.after(() => checker.close());
  assert.equal(await next(), "up");
  const silentMs = performance.now();
  worker.behaviour = "silent";
  assert.equal(await next(), "soft");
  const tookMs = performance.now() - silentMs;
  assert.ok(tookMs > times.timeoutMs - times.intervalMs, "one silence is not enough");
  assert.ok(tookMs < times.intervalMs + 2 * times.timeoutMs, `${tookMs} ms: one silence came after the other`);
  worker.behaviour = "good";
  assert.equal(await next(), "up");
});

test("a hung worker whose machine answers is given longer, and is up again with its first answer", async (context) => {
  const worker = await startWorker("bk/web-1");
  const { checker, next } = check({ "bk/web-1": worker.port });
  context.after(() => checker.close());
  assert.equal(await next(), "up");
  const silentMs = performance.now();
  worker.behaviour = "silent";
  assert.equal(await next(), "soft");
  assert.ok(performance.now() - silentMs > times.busyFall * times.timeoutMs - times.intervalMs);
  assert.match(checker.view()[0]?.health.reason ?? "", /4 checks in a row .* though its machine answers/);
  worker.behaviour = "good";
  assert.equal(await next(), "up");
});

test("a busy worker whose machine dies is soft as soon as that is known", async (context) => {
  const worker = await startWorker("bk/web-1");
  let isThere = true;
  const { checker, next } = check({ "bk/web-1": worker.port }, (address, onAnswer) => {
    return isThere ? knockAt(address, onAnswer) : nobodyThere(address, onAnswer);
  });
  context.after(() => checker.close());
  assert.equal(await next(), "up");
  worker.behaviour = "silent";
  await sleep(600);
  isThere = false;
  const goneMs = performance.now();
  assert.equal(await next(), "soft");
  assert.ok(performance.now() - goneMs < 2 * times.timeoutMs, "what was known before its death was held against it");
  assert.match(checker.view()[0]?.health.reason ?? "", /its machine answered none/);
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
  worker.lateMs = 850;
  await sleep(3_000);
  assert.ok(connections <= 10, `${connections} connections`);
  assert.deepEqual(changes, []);
});

test("a slot that nobody has built is asked more seldom after a while", async (context) => {
  const asked: number[] = [];
  const nobody = createTcpServer((socket) => {
    asked.push(performance.now());
    socket.destroy();
  });
  nobody.listen(0, "127.0.0.1");
  await once(nobody, "listening");
  const beginMs = performance.now();
  const { checker } = check({ a: (nobody.address() as AddressInfo).port });
  context.after(() => {
    checker.close();
    nobody.close();
  });
  await sleep(2_500);
  const pauses = asked.slice(1).map((atMs, index) => ({ atMs, pauseMs: atMs - (asked[index] ?? 0) }));
  const early = pauses.filter(({ atMs }) => atMs - beginMs < times.unbuiltAfterMs).map(({ pauseMs }) => pauseMs);
  const late = pauses.filter(({ atMs }) => atMs - beginMs > times.unbuiltAfterMs + 400).map(({ pauseMs }) => pauseMs);
  assert.ok(early.length >= 2 && late.length >= 1, `asked at ${asked.map((atMs) => Math.round(atMs - beginMs))}`);
  assert.ok(Math.min(...late) > Math.max(...early), `${early} and then ${late}`);
});
