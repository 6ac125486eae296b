import type { z } from "zod";
import { describe, type Problem } from "./configError.ts";

type Path = readonly PropertyKey[];

/**
 * Turns what zod found into problems that name file, key and value. The schemas' messages are the remedies.
 * Unknown keys are reported one by one, at the key itself rather than at the mapping around it.
 */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  raw: unknown,
  fileOf: (path: Path) => string,
  keyOf: (path: Path) => string = dotted,
): Problem[] {
  const places = issues.flatMap((issue): { path: Path; remedy: string }[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: [...issue.path, key], remedy: issue.message }));
    }
    // zod reports a bad record key as invalid_key; its own message says less than the key schema's.
    if (issue.code === "invalid_key") {
      return [{ path: issue.path, remedy: issue.issues[0]?.message ?? issue.message }];
    }
    return [{ path: issue.path, remedy: issue.message }];
  });
  return places.map(({ path, remedy }) => {
    return { file: fileOf(path), key: keyOf(path), found: describe(valueAt(raw, path)), remedy };
  });
}

export function dotted(path: Path): string {
  return path.length === 0 ? "(the whole file)" : path.map(String).join(".");
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    return typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }, raw);
}
