import { setTimeout as sleep } from "node:timers/promises";
import { createParser } from "eventsource-parser";
import { Client } from "undici";
import { prettifyError, ZodError } from "zod";
import { Backoff } from "./backoff.ts";
import { beatOf, type HeardBeat } from "./beatOf.ts";
import { connectOutcomeOf } from "./connectOutcome.ts";
import type { Emit, Log, Signal } from "./signal.ts";

export interface HeartbeatTarget {
  readonly slot: string;
  /** The name that the machine gives itself: `bk/web-1`. */
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

export interface HeartbeatTimes {
  readonly connectTimeoutMs: number;
  /** A stream without a byte for so long is given up: its machine may have been replaced without a good-bye. */
  readonly idleTimeoutMs: number;
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
}

/** No beat comes near this; more without an end is no stream of beats. */
const maxBeatChars = 64 * 1024;

/** Holds one stream of heartbeats, and takes it up again whenever it ends. */
export class HeartbeatLink implements Signal {
  readonly #target: HeartbeatTarget;
  readonly #times: HeartbeatTimes;
  readonly #log: Log;
  readonly #emit: Emit;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #lastTrouble: string | undefined;

  constructor(target: HeartbeatTarget, times: HeartbeatTimes, log: Log, emit: Emit) {
    this.#target = target;
    this.#times = times;
    this.#log = log;
    this.#emit = emit;
    this.#backoff = new Backoff({ firstMs: times.firstRetryMs, maxMs: times.maxRetryMs });
    this.#done = this.#listen();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const client = this.#client();
      try {
        await this.#follow(client);
      } catch (error) {
        this.#tell(error);
      } finally {
        await client.destroy().catch(() => {});
      }
      await sleep(this.#backoff.nextMs(), undefined, { signal }).catch(() => {});
    }
  }

  /** A client of its own for each attempt: one that is kept would hand the next attempt a socket that is dying. */
  #client(): Client {
    const { address, port, slot } = this.#target;
    const { connectTimeoutMs, idleTimeoutMs } = this.#times;
    const client = new Client(`http://${address}:${port}`, {
      connectTimeout: connectTimeoutMs,
      headersTimeout: idleTimeoutMs,
      bodyTimeout: idleTimeoutMs,
      allowH2: false,
    });
    return client.on("connect", () => this.#say({ kind: "connect", slot, outcome: "open" }));
  }

  /** Resolves when the machine ends its stream; rejects for every other reason. */
  async #follow(client: Client): Promise<void> {
    const { signal } = this.#stop;
    const headers = { accept: "text/event-stream" };
    const { statusCode, body } = await client.request({ method: "GET", path: "/heartbeat", headers, signal });
    if (statusCode !== 200) {
      // Its end is of no interest, but an error of a body that nobody listens to would end this process.
      body.on("error", () => {}).destroy();
      throw new Error(`/heartbeat answered with status ${statusCode}`);
    }
    const parser = createParser({
      maxBufferSize: maxBeatChars,
      onEvent: ({ data }) => this.#hear(data),
      onError: (error) => {
        if (error.type === "max-buffer-size-exceeded") throw error;
      },
    });
    body.setEncoding("utf8");
    for await (const chunk of body) parser.feed(chunk);
  }

  #hear(text: string): void {
    const { slot, id } = this.#target;
    const heard = this.#understand(text);
    if (heard.id !== id) throw this.#misheard(`${heard.id} answers at the address of ${id}`);
    this.#backoff.reset();
    this.#lastTrouble = undefined;
    this.#say({ kind: "beat", slot, beat: heard.beat });
  }

  #understand(text: string): HeardBeat {
    try {
      return beatOf(text);
    } catch (error) {
      throw this.#misheard(error instanceof ZodError ? prettifyError(error) : String(error));
    }
  }

  /** Whoever sends this is alive: silence would be the wrong word for it. */
  #misheard(reason: string): Error {
    this.#say({ kind: "misheard", slot: this.#target.slot, reason });
    return new Error(reason);
  }

  #say(event: Parameters<Emit>[0]): void {
    if (!this.#stop.signal.aborted) this.#emit(event);
  }

  /** What lasts is written once: a machine that is away for a day must not fill the log. */
  #tell(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const { slot } = this.#target;
    const isIdle = error instanceof Error && "code" in error && error.code === "UND_ERR_BODY_TIMEOUT";
    // Only an attempt to connect says how the port is. Answers that stay away after it are the beats' absence.
    const isLate = error instanceof Error && "code" in error && error.code === "UND_ERR_HEADERS_TIMEOUT";
    const outcome = isIdle || isLate ? undefined : connectOutcomeOf(error);
    if (outcome !== undefined) this.#say({ kind: "connect", slot, outcome });
    const problem = outcome ?? String(error);
    // The network takes turns at these two about one and the same machine that is away.
    const trouble = outcome === "unreachable" ? "silent" : problem;
    if (trouble !== this.#lastTrouble) this.#log.info({ slot, problem }, "no heartbeats");
    this.#lastTrouble = trouble;
  }
}
