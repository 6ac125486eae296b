import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Signal } from "./signal.ts";

interface Question {
  readonly marker: string;
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
  stdout: string;
  stderr: string;
}

/** Far more than the states of all domains of a host. */
const maxAnswerChars = 1024 * 1024;

/**
 * One virsh that stays, so that a question every second costs no process and no connection. It connects again by itself
 * when libvirtd was restarted.
 */
export class VirshShell implements Signal {
  readonly #uri: string;
  #child: ChildProcessWithoutNullStreams | undefined;
  #question: Question | undefined;
  #count = 0;
  #isClosed = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(uri: string) {
    this.#uri = uri;
  }

  /**
   * Resolves to what virsh prints for these commands, without prompts. Rejects if libvirt does not answer in time, if any
   * of the commands fails, and if another question is open: an answer that lacks a part is none.
   */
  ask(commands: readonly string[], timeoutMs: number): Promise<string> {
    if (this.#isClosed) return Promise.reject(new Error("this shell is closed"));
    if (this.#question !== undefined) return Promise.reject(new Error("another question is open"));
    const child = this.#child ?? this.#start();
    this.#count += 1;
    const marker = `vigil-${this.#count}-end`;
    const answer = new Promise<string>((resolve, reject) => {
      this.#question = { marker, resolve, reject, stdout: "", stderr: "" };
    });
    const timer = setTimeout(() => this.#giveUp(child, `libvirt did not answer within ${timeoutMs} ms`), timeoutMs);
    // The two streams are not in order with each other: each needs an end of its own.
    child.stdin.write(`${[...commands, `echo ${marker}`, `echo --err ${marker}`].join("\n")}\n`);
    return answer.finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#child !== undefined) this.#giveUp(this.#child, "this shell is closed");
    await this.#ended;
  }

  #start(): ChildProcessWithoutNullStreams {
    // A dumb terminal gets no colours and no line editing; a history would be written into somebody's home.
    const env = { ...process.env, LC_ALL: "C", TERM: "dumb", VIRSH_HISTSIZE: "0" };
    const child = spawn("virsh", ["-q", "-c", this.#uri], { stdio: "pipe", env });
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#hear(child, "stdout", text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#hear(child, "stderr", text));
    child.stdin.on("error", () => {});
    this.#ended = new Promise((resolve) => {
      child.on("error", (error) => {
        resolve();
        this.#giveUp(child, String(error));
      });
      child.on("close", () => {
        resolve();
        const said = this.#child === child ? problemIn(this.#question?.stderr ?? "") : "";
        this.#giveUp(child, said || "virsh ended");
      });
    });
    return child;
  }

  #hear(child: ChildProcessWithoutNullStreams, stream: "stdout" | "stderr", text: string): void {
    const question = this.#question;
    // What comes between questions, such as the news that libvirtd went away, answers none.
    if (question === undefined || this.#child !== child) return;
    question[stream] += text;
    if (question[stream].length > maxAnswerChars) {
      this.#giveUp(child, "virsh does not come to an end");
      return;
    }
    const stdout = textBefore(question.stdout, question.marker);
    const stderr = textBefore(question.stderr, `error: ${question.marker}`);
    if (stdout === undefined || stderr === undefined) return;
    this.#question = undefined;
    const problem = problemIn(stderr);
    if (problem !== "") question.reject(new Error(problem));
    else question.resolve(stdout.replace(/^virsh # .*\n/gm, ""));
  }

  /** Ends a virsh that is of no more use; the next question starts another one. */
  #giveUp(child: ChildProcessWithoutNullStreams, reason: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    child.kill("SIGKILL");
    const question = this.#question;
    this.#question = undefined;
    question?.reject(new Error(reason));
  }
}

/** The text before the line that begins with the marker; undefined until that has come. */
function textBefore(text: string, marker: string): string | undefined {
  if (text.startsWith(marker)) return "";
  const at = text.indexOf(`\n${marker}`);
  return at < 0 ? undefined : text.slice(0, at + 1);
}

/** What virsh complains about, in one line. */
function problemIn(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(/^error: /, "").trim());
  return lines.filter((line) => line !== "").join(": ");
}
