import { type SpawnOptions, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";

export interface RunOptions {
  /** Ends the command with SIGKILL after this long; without it the command may take as long as it likes. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to the command's standard input, which is empty otherwise. */
  readonly input?: string;
  /** Takes each line of standard output as it comes, for progress. */
  readonly onLine?: (line: string) => void;
}

export interface Finished {
  /** The exit code, or 128 plus the signal's number in the manner of a shell. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that was expected to succeed and did not. */
export class CommandError extends Error {
  readonly finished: Finished;

  /** `where` is only named: the machine that it ran on, if that is not this one. */
  constructor(argv: readonly string[], finished: Finished, where = "") {
    const said = finished.stderr.trim() || finished.stdout.trim() || "it said nothing";
    super(`\`${argv.join(" ")}\`${where === "" ? "" : ` on ${where}`} exited with ${finished.code}: ${said}`);
    this.name = "CommandError";
    this.finished = finished;
  }
}

/** Runs a command to its end. Rejects CommandError if it does not exit with 0. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const finished = await runAny(argv, options);
  if (finished.code !== 0) throw new CommandError(argv, finished);
  return finished.stdout;
}

/** Runs a command to its end, whatever its exit code. Rejects only if it cannot be started. */
export function runAny(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program, args] = split(argv);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      ...placeOf(options),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: "SIGKILL" }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    if (options.onLine !== undefined) createInterface({ input: child.stdout }).on("line", options.onLine);
    // A command that exits without reading its input closes the pipe under the writer; that is its own business.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
      resolve({ code: shellCode(code, signal), stdout: text(stdout), stderr: text(stderr) });
    });
  });
}

/**
 * Gives the terminal to a command and resolves to its exit code. Ctrl-C reaches the command through the terminal's own
 * process group, so this process ignores it meanwhile: an update must be able to finish what it was told to stop. Other
 * requests to end reach this process alone and are passed on.
 */
export function runInTerminal(argv: readonly string[], options: RunOptions = {}): Promise<number> {
  const [program, args] = split(argv);
  return new Promise<number>((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", ...placeOf(options) });
    const ignore = () => {};
    const passOn = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGINT", ignore).on("SIGTERM", passOn).on("SIGHUP", passOn);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", ignore).off("SIGTERM", passOn).off("SIGHUP", passOn);
      resolve(shellCode(code, signal));
    });
  });
}

function placeOf({ cwd, env }: RunOptions): Pick<SpawnOptions, "cwd" | "env"> {
  return { ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) };
}

function split(argv: readonly string[]): [string, string[]] {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error("a command needs at least the name of its program");
  return [program, args];
}

function shellCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0));
}
