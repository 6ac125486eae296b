import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as z from "zod/mini";
import { parseStrictText } from "../shared/strictFile.ts";

const listSchema = z.strictObject({
  version: z.literal(1),
  files: z.array(z.string().check(z.startsWith("/"))).check(z.maxLength(100)),
});

/** Stands for the digest of a file that is not there or cannot be read. */
const missing = "missing";

interface Known {
  readonly stamp: string;
  readonly text: string;
  readonly digest: string;
}

/**
 * The sha256 of each file that the program owns, so that a change by any other hand shows in the heartbeat. A file is
 * read again only when its stamp in the file system has changed, and nothing is computed again unless one has.
 */
export class ManagedFiles {
  readonly #listPath: string;
  readonly #known = new Map<string, Known>();
  #list: Known | undefined;
  #paths: readonly string[] = [];
  #digests: Readonly<Record<string, string>> = {};
  /** What `sha256sum` prints for the sorted paths. */
  #sums = "";
  #digest = digestOf("");

  constructor(listPath: string) {
    this.#listPath = listPath;
  }

  /** path -> sha256, sorted by path. */
  get digests(): Readonly<Record<string, string>> {
    return this.#digests;
  }

  /** One sha256 over them all: that of their sums. */
  get digest(): string {
    return this.#digest;
  }

  async refresh(): Promise<void> {
    await this.#refreshList();
    const entries: [string, string][] = [];
    for (const path of this.#paths) entries.push([path, (await this.#look(path))?.digest ?? missing]);
    const sums = entries.map(([path, digest]) => `${digest}  ${path}\n`).join("");
    if (sums === this.#sums) return;
    this.#sums = sums;
    this.#digests = Object.fromEntries(entries);
    this.#digest = digestOf(sums);
  }

  /** The content of a file, or undefined if it is not there. Cheap while the file does not change. */
  async read(path: string): Promise<string | undefined> {
    return (await this.#look(path))?.text;
  }

  async #refreshList(): Promise<void> {
    const list = await this.#look(this.#listPath);
    if (list !== undefined && list === this.#list) return;
    this.#list = undefined;
    this.#paths = list === undefined ? [] : parseStrictText(this.#listPath, list.text, listSchema).files.toSorted();
    this.#list = list;
  }

  /**
   * What is looked at twice a second stays in the kernel's cache, so that the look waits for no disk. Through the thread
   * pool it would wake another thread and come back, which is most of what it costs an emulated machine.
   */
  async #look(path: string): Promise<Known | undefined> {
    try {
      const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
      const stamp = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
      const known = this.#known.get(path);
      if (known?.stamp === stamp) return known;
      const text = await readFile(path, "utf8");
      const fresh = { stamp, text, digest: digestOf(text) };
      this.#known.set(path, fresh);
      return fresh;
    } catch {
      this.#known.delete(path);
      return undefined;
    }
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
