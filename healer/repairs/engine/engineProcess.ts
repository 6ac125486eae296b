import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { groupOf, makeCgroup, type ProcessGroup, repairVariable } from "./processGroup.ts";
import type { EngineEnd, EngineJob, EngineMessage, EngineProgress } from "./protocol.ts";

export interface EngineSettings {
  readonly stack: string;
  readonly workDir: string;
  readonly backendDir: string;
  /** The environment that makes `pulumi` act on the host's own state. */
  readonly env: NodeJS.ProcessEnv;
  /** Marks the processes of this backend's repairs, and of no other's on the same machine. */
  readonly markerPrefix: string;
  /** Replaced in tests. */
  readonly childPath?: string;
}

/** How an engine's process ended: by its own word, or without one. */
export type ProcessEnd =
  | EngineEnd
  | { readonly ok: false; readonly code: "died" | "deadline"; readonly reason: string };

const killTimeoutMs = 10_000;
const maxSaid = 2_000;

/** One engine, from its fork to the end of the last process that it started. It does one job. */
export class EngineProcess {
  readonly group: ProcessGroup;
  readonly #child: ChildProcess;
  readonly #ended = Promise.withResolvers<ProcessEnd>();
  #onProgress: (progress: EngineProgress) => void = () => {};
  #said = "";
  #job: EngineJob | undefined;
  loadMs: number | undefined;

  constructor({ stack, workDir, backendDir, env, markerPrefix, childPath }: EngineSettings) {
    const marker = `${markerPrefix}${randomUUID()}`;
    const path = childPath ?? join(import.meta.dirname, "engineChild.ts");
    this.#child = fork(path, [stack, workDir, backendDir], {
      env: { ...env, [repairVariable]: marker },
      execArgv: ["--disable-warning=ExperimentalWarning"],
      // A group of its own, so that one signal reaches the engine and its command line and not the healer.
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.on("data", (chunk) => {
      this.#said = `${this.#said}${chunk}`.slice(-maxSaid);
    });
    this.#child.on("message", (message: EngineMessage) => this.#hear(message));
    this.#child.on("error", (error) => this.#died(error.message));
    if (this.#child.pid === undefined) throw new Error("the engine cannot be started.");
    this.group = groupOf(marker, this.#child.pid, makeCgroup(`vigil-repair-${this.#child.pid}`));
    this.#child.on("exit", (code, signal) => this.#died(`it ended with ${signal ?? code}`));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get job(): EngineJob | undefined {
    return this.#job;
  }

  /** Settles when the process is gone without having been given a job, too. */
  get ended(): Promise<ProcessEnd> {
    return this.#ended.promise;
  }

  /**
   * Resolves when the job is done or given up, and no process of it is left. At the deadline the update is asked to stop,
   * twice as a person would, and then killed with all that it started.
   */
  async perform(
    job: EngineJob,
    deadlineMs: number,
    graceMs: number,
    onProgress: (progress: EngineProgress) => void,
  ): Promise<ProcessEnd> {
    this.#job = job;
    this.#onProgress = onProgress;
    this.#child.send(job, () => {});
    let end = await this.#within(deadlineMs);
    for (let asked = 0; end === undefined && asked < 2; asked += 1) {
      this.#interrupt();
      if ((await this.#within(graceMs)) !== undefined) end = deadline(deadlineMs, "stopped");
    }
    await this.kill();
    return end ?? deadline(deadlineMs, "killed");
  }

  /** Ends the process and all that it started, whatever they do. */
  async kill(): Promise<void> {
    await this.group.kill(killTimeoutMs);
  }

  /** For a job that changes nothing. */
  async giveWay(): Promise<void> {
    this.#ended.resolve({ ok: false, code: "failed", reason: "a repair came first." });
    await this.kill();
  }

  /** Undefined if the time was too short. */
  async #within(timeoutMs: number): Promise<ProcessEnd | undefined> {
    const timer = new AbortController();
    const late = sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined);
    return Promise.race([this.#ended.promise, late]).finally(() => timer.abort());
  }

  #interrupt(): void {
    if (this.#child.pid === undefined || this.#child.exitCode !== null) return;
    try {
      process.kill(-this.#child.pid, "SIGINT");
    } catch {
      // The group is gone already; its end is about to be heard.
    }
  }

  #hear(message: EngineMessage): void {
    if (message.kind === "ready") this.loadMs = message.loadMs;
    else if (message.kind === "progress") this.#onProgress(message);
    else this.#ended.resolve(message.end);
  }

  #died(how: string): void {
    const said = this.#said.split("\n").findLast((line) => /error/i.test(line));
    this.#ended.resolve({
      ok: false,
      code: "died",
      reason: `the engine died: ${how}${said ? `; ${said.trim()}` : ""}.`,
    });
  }
}

function deadline(deadlineMs: number, how: string): ProcessEnd {
  return { ok: false, code: "deadline", reason: `the update was ${how}: it took longer than ${deadlineMs} ms.` };
}
