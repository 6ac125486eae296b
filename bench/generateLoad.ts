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
  /** `mixed` is a sleep or a post, as often the one as the other. */
  readonly kind: RequestKind | "mixed";
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
  /** The range that the pause after each answer is drawn from: connections stay open and ask no more than they should. */
  readonly thinkMs: readonly [number, number];
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
    const connection = openConnection(options);
    // Clients that think do not all begin at once.
    await pause(Math.random() * loop.thinkMs[1]);
    while (!stopped.aborted && started < options.maxRequests) {
      started += 1;
      const record = await sendOver(connection, options, nowMs());
      emit(record);
      // A refused connection fails within microseconds; without a pause the loop would do nothing else.
      const leastPauseMs = record.error === undefined ? 0 : retryPauseMs;
      await pause(Math.max(leastPauseMs, drawBetween(loop.thinkMs)));
    }
    await connection.client.destroy();
  });
  await Promise.all(connections);
}

/** A timer of no time at all would still cost a millisecond. */
async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms);
}

const retryPauseMs = 20;
/** Longer than any client thinks, shorter than a balancer waits. */
const keepAliveMs = 60_000;

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
  const connection = openConnection(options);
  const record = await sendOver(connection, options, intendedMs);
  await connection.client.destroy();
  return record;
}

/** A client with at most one connection, and when it was opened. */
interface Connection {
  readonly client: Client;
  isOpen: boolean;
  openedMs: number | undefined;
}

function openConnection({ origin, deadlineMs }: LoadOptions): Connection {
  const client = new Client(origin, { connect: { timeout: deadlineMs }, keepAliveTimeout: keepAliveMs });
  const connection: Connection = { client, isOpen: false, openedMs: undefined };
  client.on("connect", () => Object.assign(connection, { isOpen: true, openedMs: nowMs() }));
  client.on("disconnect", () => Object.assign(connection, { isOpen: false }));
  return connection;
}

async function sendOver(connection: Connection, options: LoadOptions, intendedMs: number): Promise<RequestRecord> {
  const { isOpen, openedMs } = connection;
  const record = await send(connection.client, options, intendedMs);
  // One that was open may have ended unnoticed, so that the client has opened another one for this request.
  const isNew = connection.openedMs !== openedMs;
  const connectedMs = isOpen || isNew ? connection.openedMs : undefined;
  return connectedMs === undefined ? record : { ...record, connectedMs };
}

async function send(client: Client | Pool, options: LoadOptions, intendedMs: number): Promise<RequestRecord> {
  const { kind, ownMs, id, ...request } = draw(options);
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
  readonly kind: RequestKind;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly ownMs: number;
  readonly id?: string;
}

function draw({ kind: wanted, sleepMs }: LoadOptions): DrawnRequest {
  const ownMs = Math.round(drawBetween(sleepMs));
  const kind = wanted === "mixed" ? (Math.random() < 0.5 ? "sleep" : "post") : wanted;
  switch (kind) {
    case "number":
      return { kind, method: "GET", path: "/random/number", ownMs: 0 };
    case "sleep":
      return { kind, method: "GET", path: `/debug/sleep?ms=${ownMs}`, ownMs };
    case "post": {
      const id = crypto.randomUUID();
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ id });
      return { kind, method: "POST", path: `/debug/count?ms=${ownMs}`, headers, body, ownMs, id };
    }
  }
}

function drawBetween([least, most]: readonly [number, number]): number {
  return least + Math.random() * (most - least);
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
