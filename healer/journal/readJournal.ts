import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { journalFiles } from "./journalFiles.ts";

export interface JournalLine {
  readonly seq: number;
  /** Wall time. */
  readonly at: string;
  readonly [key: string]: unknown;
}

export interface JournalRead {
  readonly entries: readonly JournalLine[];
  /** What was passed over, one sentence each. */
  readonly problems: readonly string[];
}

/** Reads all files of a journal, oldest first. A line that is none is passed over and told, and never ends the reading. */
export async function readJournal(path: string): Promise<JournalRead> {
  const files = await Promise.all((await journalFiles(path)).map(readJournalFile));
  return { entries: files.flatMap(({ entries }) => entries), problems: files.flatMap(({ problems }) => problems) };
}

/** `completeBytes`: up to the end of the last line that ends as a line. */
export async function readJournalFile(path: string): Promise<JournalRead & { readonly completeBytes: number }> {
  const content = await readFile(path);
  const completeBytes = content.lastIndexOf("\n") + 1;
  const lines = content.subarray(0, completeBytes).toString("utf8").split("\n").slice(0, -1);
  const entries: JournalLine[] = [];
  const problems: string[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line);
    if (entry === undefined)
      problems.push(`line ${index + 1} of ${basename(path)} is not an entry and was passed over.`);
    else entries.push(entry);
  }
  if (completeBytes < content.length) {
    problems.push(
      `the last line of ${basename(path)} was torn and was dropped (${content.length - completeBytes} bytes).`,
    );
  }
  return { entries, problems, completeBytes };
}

/** Undefined if it is none. */
export function parseLine(line: string): JournalLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is JournalLine {
  if (typeof value !== "object" || value === null) return false;
  if (!("seq" in value) || typeof value.seq !== "number" || !("at" in value)) return false;
  return typeof value.at === "string" && !Number.isNaN(Date.parse(value.at));
}
