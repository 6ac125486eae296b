import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { JournalClock } from "./journalClock.ts";
import { journalFiles } from "./journalFiles.ts";
import { type JournalLine, readJournalFile } from "./readJournal.ts";
import type { ClockEntry } from "./withAges.ts";

export interface JournalOptions {
  readonly path: string;
  /** A file that has grown beyond this is put aside, and a new one begun. */
  readonly maxBytes?: number;
  /** How many files that were put aside are kept. */
  readonly keep?: number;
  readonly clock?: JournalClock;
}

export interface OpenedJournal {
  readonly journal: Journal;
  /** What was wrong with the file and was mended, one sentence each. */
  readonly notes: readonly string[];
}

/** Takes entries once they are on the disk, in their order. It must not throw: the writer has nothing to do with it. */
export type JournalReader = (lines: readonly JournalLine[]) => void;

interface Waiting {
  /** Undefined: only what there is to say of the clock. */
  readonly entry: object | undefined;
  readonly done: PromiseWithResolvers<void>;
}

const defaultMaxBytes = 8 * 1024 * 1024;
const defaultKeep = 4;

/**
 * An append-only file of JSON lines that survives a power cut. Entries that arrive while the disk is busy are written
 * and synchronised together, so that a slow disk delays the answer and never the caller's event loop.
 */
export class Journal {
  readonly #options: Required<JournalOptions>;
  #file: FileHandle;
  #bytes: number;
  #sequence: number;
  readonly #readers = new Set<JournalReader>();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  private constructor(options: Required<JournalOptions>, file: FileHandle, bytes: number, sequence: number) {
    this.#options = options;
    this.#file = file;
    this.#bytes = bytes;
    this.#sequence = sequence;
  }

  /** Cuts off a last line that was torn, since the next one would be joined to it, and goes on counting. */
  static async open(options: JournalOptions): Promise<OpenedJournal> {
    const settings = { maxBytes: defaultMaxBytes, keep: defaultKeep, clock: new JournalClock(), ...options };
    const { path } = settings;
    await mkdir(dirname(path), { recursive: true });
    const notes: string[] = [];
    let sequence = 0;
    let goodBytes = 0;
    for (const file of (await journalFiles(path)).slice(-2)) {
      const read = await readJournalFile(file);
      sequence = read.entries.at(-1)?.seq ?? sequence;
      goodBytes = file === path ? read.completeBytes : 0;
      if (file === path) notes.push(...read.problems);
    }
    const file = await open(path, "a", 0o600);
    await file.truncate(goodBytes);
    await file.sync();
    return { journal: new Journal(settings, file, goodBytes, sequence), notes };
  }

  /** Resolves when the entry is on the disk. Rejects if it cannot be written; then it is not in the file. */
  append(entry: object): Promise<void> {
    return this.#append(entry);
  }

  /** If the clock was set since the last entry, writes that: whoever reads the journal now counts with it. */
  async noteClock(): Promise<void> {
    if (this.#options.clock.read().setByMs !== 0) await this.#append(undefined);
  }

  /** The number of the last entry that is on the disk. */
  get sequence(): number {
    return this.#sequence;
  }

  get path(): string {
    return this.#options.path;
  }

  /** Hands on whatever is written from now on. Returns what ends that. */
  subscribe(reader: JournalReader): () => void {
    this.#readers.add(reader);
    return () => void this.#readers.delete(reader);
  }

  async close(): Promise<void> {
    await this.noteClock().catch(() => {});
    this.#closed = true;
    await this.#writing;
    await this.#file.close();
  }

  #append(entry: object | undefined): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("the journal is closed"));
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ entry, done });
    this.#writing ??= this.#writeAll();
    return done.promise;
  }

  async #writeAll(): Promise<void> {
    // A turn of the loop, so that what one step of the healer appends is one write.
    await null;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#write(batch).then(
        () => batch.forEach(({ done }) => void done.resolve()),
        (error: Error) => batch.forEach(({ done }) => void done.reject(error)),
      );
    }
    // In the very turn that found nothing waiting: an entry that came between the two would wait for the next one.
    this.#writing = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    if (this.#bytes >= this.#options.maxBytes) await this.#rotate();
    const { atMs, setByMs } = this.#options.clock.read();
    const at = new Date(atMs).toISOString();
    const first = this.#sequence + 1;
    const entries = [...(setByMs === 0 ? [] : [clockSet(setByMs)]), ...batch.flatMap(({ entry }) => entry ?? [])];
    const lines = entries.map((entry, index) => ({ seq: first + index, at, ...entry }));
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
    } catch (error) {
      // A full disk takes half a line; the next one must not be joined to it.
      await this.#file.truncate(this.#bytes).catch(() => {});
      throw error;
    }
    this.#bytes += Buffer.byteLength(text);
    this.#sequence += lines.length;
    this.#options.clock.written(setByMs);
    for (const reader of this.#readers) reader(lines);
  }

  /** The oldest goes; each other takes the next number. A crash in between leaves a gap in the numbers, and no loss. */
  async #rotate(): Promise<void> {
    const { path, keep } = this.#options;
    await rm(`${path}.${keep}`, { force: true });
    for (let number = keep - 1; number >= 0; number -= 1) {
      await rename(number === 0 ? path : `${path}.${number}`, `${path}.${number + 1}`).catch(allowMissing);
    }
    const next = await open(path, "a", 0o600);
    await this.#file.close();
    this.#file = next;
    this.#bytes = 0;
    const folder = await open(dirname(path), "r");
    await folder.sync().finally(() => folder.close());
  }
}

function clockSet(byMs: number): ClockEntry & { readonly sentence: string } {
  const way = byMs < 0 ? "back" : "forward";
  const sentence = `the host's clock was set ${way} by ${(Math.abs(byMs) / 1_000).toFixed(1)} s: what I wait for is not timed by it`;
  return { kind: "clockSet", byMs, sentence };
}

function allowMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
