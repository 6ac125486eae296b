/**
 * The load under which planned changes are made: users who keep a connection and think after each answer, and newcomers who
 * open one for each request. Half of all requests are POSTs, and each takes 100 to 500 ms of its own.
 */
import { join } from "node:path";
import { startLoad } from "./observe.ts";
import type { RequestRecord } from "./requestRecord.ts";
import type { Pair, Rig } from "./rig.ts";

/** Less than two seconds: a balancer that reloads closes a connection that has been idle for longer. */
export const defaultThinkMs = "1000-1900";
const newcomersPerS = 4;
/** Longer than any case, so that it ends because it is stopped. */
const longestS = 1_800;
export const deadlineMs = 5_000;

/** So long after a change each of the users has asked again, and what was under way has come to its end. */
export function askedAgainMs(thinkMs = defaultThinkMs): number {
  return deadlineMs + Number(thinkMs.split("-").at(-1));
}

export interface MixedLoad extends AsyncDisposable {
  /** As of a load: rejects if this machine cannot carry it. */
  settled(): Promise<void>;
  /** Resolves to every request. Safe to repeat. */
  stop(): Promise<MixedRecords>;
}

export interface MixedRecords {
  readonly users: readonly RequestRecord[];
  readonly newcomers: readonly RequestRecord[];
}

/** How many requests a second there were, from the first to the last. */
export function ratePerS(records: readonly RequestRecord[]): number {
  const starts = records.map(({ startMs }) => startMs).sort((one, other) => one - other);
  const spanMs = (starts.at(-1) ?? 0) - (starts[0] ?? 0);
  return spanMs > 0 ? ((records.length - 1) / spanMs) * 1_000 : 0;
}

export interface MixedOptions {
  readonly users: number;
  readonly thinkMs?: string;
  readonly dir: string;
}

export function startMixedLoad({ lab }: Rig, { vip }: Pair, options: MixedOptions): MixedLoad {
  const { users: count, thinkMs = defaultThinkMs, dir } = options;
  const all = ["--kind", "mixed", "--deadline-ms", `${deadlineMs}`, "--seconds", `${longestS}`];
  const start = (name: string, loop: readonly string[]) =>
    startLoad(lab, `http://${vip}`, [...all, ...loop], join(dir, `${name}.jsonl`));
  const users = start("users", ["--connections", `${count}`, "--think-ms", thinkMs]);
  const newcomers = start("newcomers", ["--loop", "open", "--fresh", "--rate", `${newcomersPerS}`]);
  const stop = async () => {
    const [usersRecords, newcomersRecords] = await Promise.all([users.stop(), newcomers.stop()]);
    return { users: usersRecords, newcomers: newcomersRecords };
  };
  return {
    settled: async () => void (await Promise.all([users.settled(), newcomers.settled()])),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
