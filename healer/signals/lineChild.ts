import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Backoff } from "./backoff.ts";
import type { Log, Signal } from "./signal.ts";

export interface LineChildSettings {
  readonly argv: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly onLine: (line: string) => void;
  readonly onStart?: () => void;
  readonly firstRetryMs?: number;
  readonly maxRetryMs?: number;
}

/** A program that lived for so long ran well, whatever ended it: the next one starts at once. */
const provenMs = 10_000;

/** Keeps one program running that tells what it sees line by line, and starts it again whenever it ends. */
export class LineChild implements Signal {
  readonly #settings: LineChildSettings;
  readonly #backoff: Backoff;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;
  #lastProblem: string | undefined;

  constructor(settings: LineChildSettings) {
    this.#settings = settings;
    const { firstRetryMs = 200, maxRetryMs = 5_000 } = settings;
    this.#backoff = new Backoff({ firstMs: firstRetryMs, maxMs: maxRetryMs });
    this.#start();
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Why it ended last; undefined if it never has. */
  get problem(): string | undefined {
    return this.#lastProblem;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    // These programs hold nothing that they would have to put away.
    this.#child?.kill("SIGKILL");
    await this.#ended;
  }

  #start(): void {
    const { argv, env, onLine, onStart } = this.#settings;
    const [program, ...args] = argv;
    const startedMs = performance.now();
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env, LC_ALL: "C" },
    });
    this.#child = child;
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-500);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!this.#isClosed) onLine(line);
    });
    child.on("spawn", () => onStart?.());
    this.#ended = new Promise((resolve) => {
      const end = (problem: string) => {
        resolve();
        if (this.#child !== child) return;
        this.#child = undefined;
        if (performance.now() - startedMs > provenMs) this.#backoff.reset();
        this.#startAgain(problem);
      };
      // A program that cannot be started reports an error, and in some cases never a close.
      child.on("error", (error) => end(String(error)));
      child.on("close", (code, signal) => end(said.trim() || `it ended with ${code ?? signal}`));
    });
  }

  #startAgain(problem: string): void {
    if (this.#isClosed) return;
    const { argv, log } = this.#settings;
    if (problem !== this.#lastProblem) log.warn({ program: argv[0], problem }, "a program ended and is started again");
    this.#lastProblem = problem;
    this.#retry = setTimeout(() => this.#start(), this.#backoff.nextMs());
  }
}
