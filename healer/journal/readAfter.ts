import { type FileHandle, open, stat } from "node:fs/promises";
import { journalFiles } from "./journalFiles.ts";
import { type JournalLine, parseLine } from "./readJournal.ts";

/** A journal is put aside once in many hours; more often than this in a row it is not. */
const attempts = 5;

/** Where reading begins: after the entry with this number, and not before this time of the wall's clock. */
export interface Beginning {
  readonly seq: number;
  readonly timeMs?: number;
}

/**
 * Reads what a journal holds after an entry, oldest first and a piece at a time: whoever reads a journal of many
 * megabytes must not hold up the healer, which would take its own standstill for one of the machines.
 */
export async function* readAfter(path: string, { seq, timeMs = 0 }: Beginning): AsyncGenerator<JournalLine> {
  const files = await openFiles(path);
  try {
    for (const file of files) {
      for await (const text of file.readLines({ autoClose: false })) {
        const line = parseLine(text);
        if (line !== undefined && line.seq > seq && Date.parse(line.at) >= timeMs) yield line;
      }
    }
  } finally {
    await closeAll(files);
  }
}

/** All files as they were at one instant. Once they are open, it does not matter that the writer puts them aside. */
async function openFiles(path: string): Promise<FileHandle[]> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const names = await journalFiles(path);
    const opened = await Promise.allSettled(names.map((name) => open(name)));
    const files = opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    if (files.length === names.length && (await isWritten(path, files.at(-1)))) return files;
    await closeAll(files);
  }
  throw new Error(`${path} cannot be read: its files change all the time, or are not readable`);
}

/** Whether this is the file that is written now: if it was put aside meanwhile, the others may be so, too. */
async function isWritten(path: string, file: FileHandle | undefined): Promise<boolean> {
  const now = await stat(path).catch(() => undefined);
  return now?.ino === (await file?.stat())?.ino;
}

async function closeAll(files: readonly FileHandle[]): Promise<void> {
  await Promise.all(files.map((file) => file.close()));
}
