import type { Journal } from "./journal.ts";
import { type Beginning, readAfter } from "./readAfter.ts";
import type { JournalLine } from "./readJournal.ts";

export interface FollowOptions {
  readonly journal: Pick<Journal, "path" | "sequence" | "subscribe">;
  readonly from: Beginning;
  /** Whether to go on with what is written later, or to end with what there is. */
  readonly live: boolean;
  /** Entries that may wait for a reader; one that is further behind is given up. */
  readonly maxWaiting: number;
  /** Told of that at once: a reader that has stopped reading would never come to hear of it. */
  readonly onBehind: (error: Error) => void;
  /** After so long without an entry the reader gets `undefined`, to show that it is still there. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/**
 * Every entry from a beginning on, each once and in order: first from the files what was written before this began, then
 * what is written since. Ends when the signal aborts; throws if the reader is too slow.
 */
export async function* followEntries(options: FollowOptions): AsyncGenerator<JournalLine | undefined> {
  const { journal, from, live, maxWaiting, onBehind, idleMs, signal } = options;
  // An entry that is being written may yet be taken back by a full disk: it counts when the journal says so, not before.
  const before = journal.sequence;
  const waiting: JournalLine[] = [];
  let wake = () => {};
  let behind: Error | undefined;
  const unsubscribe = journal.subscribe((lines) => {
    if (behind !== undefined) return;
    waiting.push(...lines.filter(({ seq }) => seq > from.seq));
    if (waiting.length > maxWaiting) {
      behind = new Error(`the reader is more than ${maxWaiting} entries behind`);
      waiting.length = 0;
      onBehind(behind);
    }
    wake();
  });
  try {
    if (from.seq < before) {
      for await (const line of readAfter(journal.path, from)) {
        if (line.seq > before || signal.aborted) break;
        yield line;
      }
    }
    while (live && !signal.aborted) {
      if (behind !== undefined) throw behind;
      const line = waiting.shift();
      if (line !== undefined) yield line;
      else if (!(await isWoken())) yield undefined;
    }
  } finally {
    unsubscribe();
  }

  /** Resolves to false if nothing has come for a while. */
  function isWoken(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => end(false), idleMs);
      const onAbort = () => end(true);
      const end = (woken: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        wake = () => {};
        resolve(woken);
      };
      signal.addEventListener("abort", onAbort);
      wake = () => end(true);
    });
  }
}
