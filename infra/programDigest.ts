import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What decides what the program declares: its sources, and the exact packages they run with. */
const sourceFolders = ["components", "infra", "stacks"];
const sourceFiles = ["package-lock.json"];

/**
 * The sha256 of the program's own sources, published with each full update as the release that is deployed. Tests are
 * left out, as they declare nothing. Order, folder separators and the place of the checkout do not enter it.
 */
export function programDigest(root: string = join(import.meta.dirname, "..")): string {
  const paths = [...sourceFolders.flatMap((folder) => filesUnder(root, folder)), ...sourceFiles].sort();
  const digests = paths.map((path) => [path, sha256(readFileSync(join(root, path)))]);
  return sha256(JSON.stringify(digests));
}

/** The release that this process has loaded, whatever has become of the sources since. */
export const loadedDigest = programDigest();

function filesUnder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesUnder(root, path);
    return entry.name.endsWith(".test.ts") ? [] : [path];
  });
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
