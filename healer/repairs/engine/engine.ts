import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RepairFailure } from "../../core/events.ts";
import { RepairError } from "../repairError.ts";
import { stackPaths } from "./backend.ts";
import { dropPendingOperations } from "./dropPendingOperations.ts";
import { EngineProcess, type EngineSettings } from "./engineProcess.ts";
import { killUntilEmpty, markedWith } from "./processGroup.ts";
import type { EngineJob, EngineProgress } from "./protocol.ts";
import { recoverState } from "./recoverState.ts";
import { clearDeadLocks } from "./stackLock.ts";
import { readStackState } from "./stackState.ts";

export interface EngineOptions extends Omit<EngineSettings, "markerPrefix"> {
  readonly onProgress?: (progress: EngineProgress) => void;
  /** What was found and mended before or after an update, one sentence each. */
  readonly onNote?: (sentence: string) => void;
  /** How long an update that is asked to stop may take for it, each of two times. */
  readonly graceMs?: number;
}

export type EngineOutcome =
  | { readonly ok: true; readonly tookMs: number }
  | { readonly ok: false; readonly code: RepairFailure | "changes"; readonly reason: string };

const orphanKillMs = 10_000;

/**
 * Runs updates of one stack, one at a time, each in a process of its own that was forked in advance. Whatever becomes of
 * an update, afterwards none of its processes is left, and what it left in the backend is put in order.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #settings: EngineSettings;
  #next: EngineProcess | undefined;
  #current: EngineProcess | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    // Several hosts may share one table of processes, so the backend's own file system tells whose a repair is.
    const { dev, ino } = statSync(options.backendDir);
    this.#settings = { ...options, markerPrefix: `${dev}-${ino}/` };
  }

  /** Forks the engine that the next job will find ready. */
  warm(): void {
    if (this.#isClosed) return;
    try {
      this.#next ??= this.#fork();
    } catch (error) {
      // A host that cannot fork now may be able to when a job comes.
      this.#note(`no engine could be made ready: ${(error as Error).message}`);
    }
  }

  /**
   * Ends what an earlier healer has left running, and puts the backend in order. An update that holds the stack has
   * `graceMs` to finish; what holds it no more, as a plugin whose engine was killed, has nothing to bring to an end. To be
   * called before the first job.
   */
  async recover(graceMs: number): Promise<void> {
    const orphans = async () => {
      // In this order: what one's own engine forks meanwhile is in the second list alone.
      const marked = await markedWith(this.#settings.markerPrefix);
      const own = await Promise.all([this.#next, this.#current].map((process) => process?.group.pids() ?? []));
      return marked.filter((pid) => !own.flat().includes(pid));
    };
    const deadlineMs = performance.now() + graceMs;
    const found = (await orphans()).length;
    let left = found;
    while (left > 0 && performance.now() < deadlineMs && (await this.#holder()) !== undefined) {
      await sleep(200);
      left = (await orphans()).length;
    }
    await killUntilEmpty(orphans, orphanKillMs);
    if (found > 0) this.#note(`an earlier healer left ${found} process(es) of a repair; ${left} had to be killed.`);
    await this.#exclusively(() => this.#putInOrder());
  }

  /**
   * Resolves to the outcome, never rejects. `prepare` runs once nobody holds the stack; what it throws is the outcome. A
   * drift check that is under way gives way to a repair.
   */
  async run(kind: EngineJob["kind"], prepare: () => Promise<EngineJob>, deadlineMs: number): Promise<EngineOutcome> {
    if (kind !== "drift" && this.#current?.job?.kind === "drift") await this.#current.giveWay();
    return this.#exclusively(() => this.#runNow(prepare, deadlineMs).catch(outcomeOf));
  }

  /** Ends the engine that waits. An update under way is left to come to its end: half of one is worse than none. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const idle = this.#next;
    this.#next = undefined;
    const drifting = this.#current?.job?.kind === "drift" ? this.#current : undefined;
    await Promise.all([idle?.kill(), drifting?.giveWay()]);
  }

  #exclusively<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(act, act);
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #runNow(prepare: () => Promise<EngineJob>, deadlineMs: number): Promise<EngineOutcome> {
    const holder = await this.#putInOrder();
    if (holder !== undefined) return locked(holder);
    const job = await prepare();
    const first = await this.#perform(job, deadlineMs);
    // An engine that waited while somebody deployed another release knows the old one only.
    const end = !first.ok && first.code === "stale" ? await this.#perform(job, deadlineMs) : first;
    if (end.ok) return end;
    if (end.code === "changes") return { ...end, code: "changes" };
    // Nothing was tried, and nothing is the machine's fault.
    if (end.code === "stale") return { ...end, code: "preflight" };
    // Not after the next call only: a state in order is worth having when a person looks at it now.
    const nowHeldBy = await this.#putInOrder();
    if (end.code === "locked") return locked(nowHeldBy ?? "somebody who has let go meanwhile");
    return end.code === "deadline" ? { ...end, code: "deadline" } : failed(end.reason);
  }

  async #perform(job: EngineJob, deadlineMs: number) {
    const process = this.#next ?? this.#fork();
    this.#next = undefined;
    this.#current = process;
    try {
      const grace = this.#options.graceMs ?? 10_000;
      return await process.perform(job, deadlineMs, grace, this.#options.onProgress ?? (() => {}));
    } finally {
      this.#current = undefined;
    }
  }

  /** Resolves to who holds the stack, if somebody does: then nothing else was looked at. */
  async #putInOrder(): Promise<string | undefined> {
    const holder = await this.#holder();
    if (holder !== undefined) return holder;
    const paths = stackPaths(this.#settings.backendDir, this.#settings.stack);
    this.#note(await recoverState(paths));
    this.#note(await dropPendingOperations(this.#settings, await readStackState(paths.state)));
    return undefined;
  }

  /** Who holds the stack; undefined if nobody does any more. */
  async #holder(): Promise<string | undefined> {
    const { backendDir, stack } = this.#settings;
    const { removed, holder } = await clearDeadLocks(stackPaths(backendDir, stack).locks, backendDir);
    for (const sentence of removed) this.#note(sentence);
    return holder;
  }

  #fork(): EngineProcess {
    const process = new EngineProcess(this.#settings);
    void process.ended.then((end) => {
      // One that dies while it waits must not be the next job's.
      if (this.#next !== process) return;
      this.#next = undefined;
      if (!end.ok) this.#note(end.reason);
    });
    return process;
  }

  #note(sentence: string | undefined): void {
    if (sentence !== undefined) this.#options.onNote?.(sentence);
  }
}

function locked(holder: string): EngineOutcome {
  return { ok: false, code: "locked", reason: `the stack is held by ${holder}.` };
}

function outcomeOf(error: unknown): EngineOutcome {
  if (error instanceof RepairError) return { ok: false, code: error.code, reason: error.message };
  return failed(error instanceof Error ? error.message : String(error));
}

function failed(reason: string): EngineOutcome {
  return { ok: false, code: "failed", reason };
}
