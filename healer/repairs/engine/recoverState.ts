import { copyFile, open, readdir, readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StackPaths } from "./backend.ts";
import { parseStackState, readStackState, StateUnreadableError } from "./stackState.ts";

/**
 * Puts the youngest good copy in the place of a state that cannot be read: the file backend renames without waiting for
 * the disk, so a power cut can leave half a file. What the copy does not know yet is at most what the interrupted update
 * was doing, and a repair makes that again. Resolves to a sentence if something was done, and rejects
 * StateUnreadableError if there is no good copy.
 */
export async function recoverState(paths: StackPaths): Promise<string | undefined> {
  const problem = await readStackState(paths.state).then(() => undefined, unreadable);
  if (problem === undefined) return undefined;
  for (const copy of await copiesOf(paths)) {
    const text = await readFile(copy, "utf8").catch(() => "");
    if (!isGood(text, copy)) continue;
    await rename(paths.state, `${paths.state}.unreadable`).catch(allowMissing);
    await install(copy, paths.state);
    return `${problem.message} It was recovered from ${copy}.`;
  }
  throw new StateUnreadableError(`${problem.message} There is no good copy of it.`);
}

/** From the youngest to the oldest. */
async function copiesOf({ previous, history, backups }: StackPaths): Promise<string[]> {
  const inFolder = async (dir: string) =>
    (await readdir(dir).catch(() => []))
      .filter((name) => /^(?!.*\.history\.).*\.json$/.test(name))
      .map((name) => join(dir, name));
  const all = [previous, ...(await inFolder(history)), ...(await inFolder(backups))];
  const dated = await Promise.all(
    all.map(async (path) => ({ path, ms: (await stat(path).catch(() => undefined))?.mtimeMs })),
  );
  return dated
    .filter(({ ms }) => ms !== undefined)
    .sort((one, other) => (other.ms ?? 0) - (one.ms ?? 0))
    .map(({ path }) => path);
}

function isGood(text: string, path: string): boolean {
  try {
    parseStackState(text, path);
    return true;
  } catch {
    return false;
  }
}

/** Complete under its name, or not there. */
async function install(source: string, target: string): Promise<void> {
  const temporary = join(dirname(target), ".recovering");
  await copyFile(source, temporary);
  const file = await open(temporary, "r+");
  await file.sync().finally(() => file.close());
  await rename(temporary, target);
}

/** Any other trouble is not a file that was cut off, and an old copy in its place would undo what a person did. */
function unreadable(error: unknown): StateUnreadableError | undefined {
  return error instanceof StateUnreadableError ? error : undefined;
}

function allowMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
