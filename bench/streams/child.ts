/** Both ends of a process of this bench: it is told its options, says when it is ready, and answers questions. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Answers, Question } from "./protocol.ts";

/** What the process is told first: a list of thousands of streams is too long for a command line. */
export async function readOptions<Options>(): Promise<Options> {
  const [options] = await once(process, "message");
  return options as Options;
}

export function answerQuestions(answers: { readonly [Q in Question]: () => Answers[Q] }): void {
  process.on("message", (question: Question) => process.send?.({ answer: answers[question]() }));
  // Without the command nobody would ever end it.
  process.on("disconnect", () => process.exit(0));
}

/** A process of this bench. Its questions are asked one after the other. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves to the process and what it says when it is ready. Rejects if it ends before. */
  static async start<Ready>(script: string, options: object): Promise<{ child: Child; ready: Ready }> {
    const forked = fork(join(import.meta.dirname, script));
    const child = new Child(forked);
    forked.send(options);
    const { ready } = await child.#message<{ ready: Ready }>();
    return { child, ready };
  }

  async ask<Q extends Question>(question: Q): Promise<Answers[Q]> {
    const answer = this.#message<{ answer: Answers[Q] }>();
    this.#process.send(question);
    return (await answer).answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.disconnect();
    await ended;
  }

  async #message<Message>(): Promise<Message> {
    const settled = new AbortController();
    const { signal } = settled;
    const message = once(this.#process, "message", { signal }).then(([value]) => value as Message);
    const end = once(this.#process, "exit", { signal }).then(([code]) => {
      throw new Error(`a process of this bench ended with ${code}`);
    });
    try {
      return await Promise.race([message, end]);
    } finally {
      settled.abort();
      await Promise.allSettled([message, end]);
    }
  }
}
