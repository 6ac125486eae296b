import { access } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** A file system that answers at all does so at once. */
const patienceMs = 300;

/** Looks whether the files of the disks are there, without ever waiting for a file system that hangs. */
export class Disks {
  readonly #paths: ReadonlyMap<string, string>;
  readonly #gone = new Set<string>();
  #look: Promise<void> | undefined;

  /** The path of each slot's disk. */
  constructor(paths: ReadonlyMap<string, string>) {
    this.#paths = paths;
  }

  /** The slots whose disk is known to be gone. While the file system hangs, that is what was known before. */
  async gone(): Promise<ReadonlySet<string>> {
    this.#look ??= this.#lookOnce().finally(() => {
      this.#look = undefined;
    });
    const stop = new AbortController();
    const patience = sleep(patienceMs, undefined, { signal: stop.signal }).catch(() => {});
    await Promise.race([this.#look, patience]);
    stop.abort();
    return this.#gone;
  }

  /** One after the other, so that a file system that hangs holds one thread and not all of them. */
  async #lookOnce(): Promise<void> {
    for (const [slot, path] of this.#paths) {
      const problem = await access(path).then(
        () => undefined,
        (error: NodeJS.ErrnoException) => error.code,
      );
      // Every other trouble means that it cannot be told, which is no reason to make a machine anew.
      if (problem === "ENOENT") this.#gone.add(slot);
      else this.#gone.delete(slot);
    }
  }
}
