/** What the healer tells systemd, or whatever else has started it with a socket to be told by (sd_notify(3)). */
import type { Logger } from "pino";
import { run } from "../host/run.ts";

/** A sign of life that comes late or gets lost is no reason to be started anew; three are. */
const signsPerTerm = 3;

const tellTimeoutMs = 5_000;

export class ServiceManager {
  readonly #env: NodeJS.ProcessEnv;
  readonly #log: Pick<Logger, "warn">;
  readonly #signIntervalMs: number;
  #nextSignMs = 0;

  /** Takes its variables out of the environment: what the healer starts has no business with its service manager. */
  constructor(env: NodeJS.ProcessEnv, log: Pick<Logger, "warn">) {
    this.#env = { ...env };
    this.#log = log;
    const termUs = env.WATCHDOG_USEC;
    this.#signIntervalMs = termUs === undefined ? Number.POSITIVE_INFINITY : Number(termUs) / 1000 / signsPerTerm;
    for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete env[name];
  }

  /** The healer listens: from now on it is expected to give signs of life. */
  ready(status: string): Promise<void> {
    return this.#tell("READY=1", `STATUS=${status}`);
  }

  /**
   * To be called whenever the healer has got on, as often as that may be. A sign of life goes out when one is due, and
   * never else: a healer whose loop is blocked, or whose clock no longer reaches its core, gives none.
   */
  gotOn(nowMs: number, status: () => string): void {
    if (nowMs < this.#nextSignMs || this.#signIntervalMs === Number.POSITIVE_INFINITY) return;
    this.#nextSignMs = nowMs + this.#signIntervalMs;
    void this.#tell("WATCHDOG=1", `STATUS=${status()}`);
  }

  stopping(): Promise<void> {
    return this.#tell("STOPPING=1");
  }

  /** A service manager that cannot be told does what it does with a service that says nothing; the healer heals on. */
  async #tell(...assignments: string[]): Promise<void> {
    if (this.#env.NOTIFY_SOCKET === undefined) return;
    const argv = ["systemd-notify", ...assignments];
    await run(argv, { env: this.#env, timeoutMs: tellTimeoutMs }).catch((error: Error) => {
      this.#log.warn({ problem: error.message }, "the service manager could not be told how the healer is");
    });
  }
}
