import type { Journal } from "../journal/journal.ts";
import { readAfter } from "../journal/readAfter.ts";
import type { JournalLine } from "../journal/readJournal.ts";
import { type History, noHistory, withLine } from "./history.ts";

/** The history of a journal, kept up to date while it is written. */
export interface Chronicle {
  readonly history: History;
  close(): void;
}

/** `onLine` is told of each line that is written from now on. Resolves once what was written before is in the history. */
export async function openChronicle(
  journal: Pick<Journal, "path" | "sequence" | "subscribe">,
  onLine: (before: History, after: History) => void = () => {},
): Promise<Chronicle> {
  const written = journal.sequence;
  const early: JournalLine[] = [];
  let isRead = false;
  let history = noHistory;
  const add = (line: JournalLine) => {
    const before = history;
    history = withLine(history, line);
    onLine(before, history);
  };
  const close = journal.subscribe((lines) => {
    if (isRead) lines.forEach(add);
    else early.push(...lines);
  });
  for await (const line of readAfter(journal.path, { seq: 0 })) {
    if (line.seq <= written) history = withLine(history, line);
  }
  isRead = true;
  early.forEach(add);
  return {
    get history() {
      return history;
    },
    close,
  };
}
