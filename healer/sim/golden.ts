import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

/** Compares with the file of an earlier run; `UPDATE_GOLDEN=1` writes it anew, for a person to read the difference. */
export function matchesGolden(path: string, text: string): void {
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"), `${path} differs; UPDATE_GOLDEN=1 writes it anew`);
}
