/** Watching a fault from outside: requests from the client, and frames at the switch, at the ports of all hosts and of the client. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { captureStart, captureStop } from "../lab/capture.ts";
import type { Lab } from "../lab/lab.ts";
import { onWire } from "../lab/machine.ts";
import { type Frame, readFrames } from "./frames.ts";
import { p95OverrunMs } from "./outage.ts";
import { nowMs, type RequestRecord } from "./requestRecord.ts";
import type { Pair, Rig } from "./rig.ts";

/**
 * What a fault disturbs is to be a service that has recovered from the one before, and emulated machines take long to be
 * as quick as they were: the last five seconds say how far that is. A machine that has more to do gets no further than to
 * keep up.
 */
const settleWindowMs = 5_000;
const settledOverrunMs = 150;
const recoveryMs = 20_000;
const keptUpOverrunMs = 400;
const settleTimeoutMs = 60_000;

export interface Load extends AsyncDisposable {
  /** Resolves once the first request has ended: from then on the load is there. */
  readonly started: Promise<void>;
  /**
   * Resolves once the service keeps up with the load, which is the state that a fault is to disturb. Rejects OverloadError
   * if it does not come to that within a minute: then the load is too much for this machine.
   */
  settled(): Promise<void>;
  /** Stops the load and resolves to every request of it. Safe to repeat. */
  stop(): Promise<RequestRecord[]>;
}

/** The service is whole, and this machine cannot carry it and the load. */
export class OverloadError extends Error {
  override name = "OverloadError";
}

/** Starts load.ts on the client. Its records are kept in `file` as they come. */
export function startLoad(lab: Lab, url: string, options: readonly string[], file: string): Load {
  const script = join(import.meta.dirname, "load.ts");
  const { argv, env } = onWire(lab, "client", [process.execPath, script, url, ...options]);
  const child = spawn(argv[0] ?? "", argv.slice(1), { env, stdio: ["ignore", "pipe", "inherit"] });
  const raw = createWriteStream(file);
  const records: RequestRecord[] = [];
  const lines = createInterface({ input: child.stdout });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject).once("close", () => raw.end(resolve));
  });
  const started = new Promise<void>((resolve, reject) => {
    lines.once("line", () => resolve());
    ended.then(() => reject(new Error(`the load on ${url} ended before its first answer`)), reject);
  });
  started.catch(() => {});
  lines.on("line", (line) => {
    raw.write(`${line}\n`);
    records.push(JSON.parse(line) as RequestRecord);
  });
  const settled = async () => {
    await started;
    const beginMs = nowMs();
    await sleep(settleWindowMs);
    for (;;) {
      const recent = records.filter(({ intendedMs }) => intendedMs >= nowMs() - settleWindowMs);
      const allowedMs = nowMs() - beginMs < recoveryMs ? settledOverrunMs : keptUpOverrunMs;
      if (p95OverrunMs(recent) <= allowedMs) return;
      await sleep(500);
      if (nowMs() - beginMs > settleTimeoutMs)
        throw new OverloadError(`${url} does not keep up with the load on this machine: use less`);
    }
  };
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    return records;
  };
  return { started, settled, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** `port`: that of the switch at which it was seen, on its way in or out. */
export type SeenFrame = Frame & { readonly port: string };

export interface Recording extends AsyncDisposable {
  /** Ends the recording and resolves to the frames, in the order of their time. */
  stop(): Promise<SeenFrame[]>;
}

/** Without what has been seen at the sender's own port alone, of one host: it may have been lost there. */
export function arrivedOf(frames: readonly SeenFrame[], { balancers }: Pair, from: string): SeenFrame[] {
  const own = balancers.find(({ host }) => host === from)?.mac;
  return frames.filter(({ mac, port }) => mac !== own || port !== from);
}

/** Records what tells who has a pair's address: ARP, VRRP, and what the address answers. */
export async function recordFrames({ lab, hosts }: Rig, { vip }: Pair, dir: string): Promise<Recording> {
  await mkdir(dir, { recursive: true });
  const filter = `arp or ip proto 112 or (tcp src port 80 and src host ${vip})`;
  const ports = [...hosts, "client"];
  const captures = await Promise.all(
    ports.map((port) => captureStart(lab, port, { file: join(dir, `${port}.pcap`), filter })),
  );
  const running = new Set(captures);
  const end = async () => {
    for (const capture of running) await captureStop(lab, capture.port);
    running.clear();
  };
  return {
    stop: async () => {
      await end();
      const frames = await Promise.all(
        captures.map(async ({ file, port }) => (await readFrames(file)).map((frame) => ({ ...frame, port }))),
      );
      return frames.flat().sort((one, other) => one.timeMs - other.timeMs);
    },
    [Symbol.asyncDispose]: end,
  };
}
