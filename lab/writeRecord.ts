import { rename, writeFile } from "node:fs/promises";

/** Next to its record, a draft that was left behind by a process that was killed in between. */
export function draftOf(path: string): string {
  return `${path}.new`;
}

/** Writes what later commands read as JSON: complete under its name, or as it was before, whenever the writer is killed. */
export async function writeRecord(path: string, record: unknown): Promise<void> {
  await writeFile(draftOf(path), JSON.stringify(record));
  await rename(draftOf(path), path);
}
