import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The files of a journal that exist, from the oldest to the one that is written. */
export async function journalFiles(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const name = basename(path);
  const aside = names
    .filter((other) => other.startsWith(`${name}.`) && /^\d+$/.test(other.slice(name.length + 1)))
    .sort((one, other) => numberOf(other) - numberOf(one));
  return [...aside, ...names.filter((other) => other === name)].map((other) => join(dirname(path), other));
}

function numberOf(name: string): number {
  return Number(name.slice(name.lastIndexOf(".") + 1));
}
