/**
 * An HTTP load generator. A closed loop keeps a number of keep-alive connections busy, one request at a time on each;
 * an open loop starts requests at a rate whatever became of the earlier ones, so a stalled service cannot slow the
 * clock that measures it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Pool } from "undici";
import { nowMs, type RequestKind, type RequestRecord } from "./requestRecord.ts";

export interface LoadOptions {
  readonly origin: string;
  readonly kind: RequestKind;
  readonly loop: ClosedLoop | OpenLoop;
  /** The range that the time of a `sleep` or a `post` is drawn from. */
  readonly sleepMs: readonly [number, number];
  /** A request without a complete answer after so long has failed. */
  readonly deadlineMs: number;
  readonly durationMs: number;
  readonly maxRequests: number;
}

export interface ClosedLoop {
  readonly shape: "closed";
  readonly connections: number;
}

export interface OpenLoop {
  readonly shape: "open";
  readonly ratePerS: number;
  /** A fresh connection for every request shows the address as a new client meets it. */
  readonly fresh: boolean;
  /** The most connections that an open loop with keep-alive may use. */
  readonly connections: number;
}

type Emit = (record: RequestRecord) => void;

/** Resolves when the last request has ended: at most `deadlineMs` after the duration, the count or `stop` is reached. */
export async function generateLoad(options: LoadOptions, stop: AbortSignal, emit: Emit): Promise<void> {
  const stopped = AbortSignal.any([stop, AbortSignal.timeout(options.durationMs)]);
  if (options.loop.shape === "closed") await runClosedLoop(options, options.loop, stopped, emit);
  else await runOpenLoop(options, options.loop, stopped, emit);
}

async function runClosedLoop(options: LoadOptions, loop: ClosedLoop, stopped: AbortSignal, emit: Emit): Promise<void> {
  let started = 0;
  const connections = Array.from({ length: loop.connections }, async () => {
    const client = new Client(options.origin, { connect: { timeout: options.deadlineMs } });
    while (!stopped.aborted && started < options.maxRequests) {
      started += 1;
      const record = await send(client, options, nowMs());
      emit(record);
      // A refused connection fails within microseconds; without a pause the loop would do nothing else.
      if (record.error !== undefined) await sleep(retryPauseMs);
    }
    await client.destroy();
  });
  await Promise.all(connections);
}

const retryPauseMs = 20;

async function runOpenLoop(options: LoadOptions, loop: OpenLoop, stopped: AbortSignal, emit: Emit): Promise<void> {
  const intervalMs = 1000 / loop.ratePerS;
  const pool = new Pool(options.origin, { connections: loop.connections, connect: { timeout: options.deadlineMs } });
  const pending = new Set<Promise<void>>();
  const beginMs = nowMs();
  for (let index = 0; index < options.maxRequests && !stopped.aborted; index++) {
    const intendedMs = beginMs + index * intervalMs;
    const waitMs = intendedMs - nowMs();
    if (waitMs > 0) await sleep(waitMs);
    const ending = (loop.fresh ? sendFresh(options, intendedMs) : send(pool, options, intendedMs)).then((record) => {
      emit(record);
      pending.delete(ending);
    });
    pending.add(ending);
  }
  await Promise.all(pending);
  await pool.destroy();
}

async function sendFresh(options: LoadOptions, intendedMs: number): Promise<RequestRecord> {
  const client = new Client(options.origin, { connect: { timeout: options.deadlineMs } });
  const record = await send(client, options, intendedMs);
  await client.destroy();
  return record;
}

async function send(client: Client | Pool, options: LoadOptions, intendedMs: number): Promise<RequestRecord> {
  const { kind } = options;
  const { ownMs, id, ...request } = draw(options);
  const record = { kind, intendedMs, startMs: nowMs(), ownMs, ...(id === undefined ? {} : { id }) };
  try {
    const { statusCode, headers, body } = await client.request({
      ...request,
      signal: AbortSignal.timeout(options.deadlineMs),
    });
    await body.dump();
    return {
      ...record,
      endMs: nowMs(),
      status: statusCode,
      ...named("slot", headers["x-vigil-slot"]),
      ...named("balancer", headers["x-vigil-balancer"]),
    };
  } catch (error) {
    return { ...record, endMs: nowMs(), error: causeOf(error) };
  }
}

interface DrawnRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly ownMs: number;
  readonly id?: string;
}

function draw({ kind, sleepMs: [least, most] }: LoadOptions): DrawnRequest {
  const ownMs = Math.round(least + Math.random() * (most - least));
  switch (kind) {
    case "number":
      return { method: "GET", path: "/random/number", ownMs: 0 };
    case "sleep":
      return { method: "GET", path: `/debug/sleep?ms=${ownMs}`, ownMs };
    case "post": {
      const id = crypto.randomUUID();
      const headers = { "content-type": "application/json" };
      return { method: "POST", path: `/debug/count?ms=${ownMs}`, headers, body: JSON.stringify({ id }), ownMs, id };
    }
  }
}

function named(key: "slot" | "balancer", value: string | string[] | undefined): Partial<RequestRecord> {
  return typeof value === "string" ? { [key]: value } : {};
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "DEADLINE";
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : error.name;
}
