/**
 * Stands in for the agents of many machines: each has an address of its own on loopback and sends what a guest's agent
 * sends, by the agent's own code. The first one is a balancer. Their beats are spread evenly over the interval, because
 * machines that booted one by one do not beat together.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HeartbeatStream } from "../../guest/shared/heartbeatStream.ts";
import { answerQuestions, readOptions } from "./child.ts";
import type { SenderOptions, Stream } from "./protocol.ts";

const { streams: count, intervalMs } = await readOptions<SenderOptions>();
/** The digest over managed files that a worker has none of. */
const files = createHash("sha256").update("").digest("hex");
let sent = 0;
let isOver = false;

const streams = await Promise.all(Array.from({ length: count }, (_, index) => serve(index)));
answerQuestions({
  begin: () => null,
  end: () => ({}),
  // Whoever asks compares: nothing more may come after this.
  count: () => {
    isOver = true;
    for (const { beats } of streams) beats.close();
    return sent;
  },
});
process.send?.({ ready: streams.map(({ stream }) => stream) });

async function serve(index: number): Promise<{ readonly stream: Stream; readonly beats: HeartbeatStream }> {
  const isBalancer = index === 0;
  const slot = isBalancer ? "lb-1" : `web-${index}`;
  const id = `bk/${slot}`;
  const beats = new HeartbeatStream(beatsOf(id, isBalancer), intervalMs);
  const server = createServer((request, response) => {
    if (isOver) response.writeHead(503).end();
    else setTimeout(() => beats.attach(request, response), (intervalMs * index) / count);
  });
  const address = `127.1.${index >> 8}.${index & 0xff}`;
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return { stream: { slot, id, address, port: (server.address() as AddressInfo).port }, beats };
}

/** What `guest/agent` says of itself, with figures that change as a machine's do. */
function beatsOf(slot: string, isBalancer: boolean): () => object {
  const incarnation = crypto.randomUUID();
  const bornMs = performance.now();
  let seq = 0;
  return () => {
    sent += 1;
    seq += 1;
    return {
      status: "OK",
      slot,
      incarnation,
      seq,
      uptimeMs: Math.round(performance.now() - bornMs),
      service: "up",
      files,
      busy: (seq % 100) / 1000,
      freeBytes: 64 * 1024 * 1024 + seq * 4096,
      ...(isBalancer ? { vrrp: "MASTER", holdsVip: true } : {}),
    };
  };
}
