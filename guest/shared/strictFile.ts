import { readFileSync } from "node:fs";
import type * as z from "zod/mini";

/**
 * Reads a JSON file that the program wrote and refuses whatever is not exactly as agreed. The error names the file, each
 * field and what to do: a guest shows it in its log, where a person reads it without the source at hand.
 */
export function readStrictFile<T>(path: string, schema: z.ZodMiniType<T>): T {
  return parseStrictText(path, readFileSync(path, "utf8"), schema);
}

export function parseStrictText<T>(path: string, text: string, schema: z.ZodMiniType<T>): T {
  const result = schema.safeParse(parseJson(path, text));
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const { code, path: field, message: _message, input: _input, ...details } = issue;
    return `${field.join(".") || "(top)"}: ${code} ${JSON.stringify(details)}`;
  });
  throw new Error(`${path} is not as agreed: ${faults.join("; ")}. Deploy this machine again to restore the file.`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${String(error)}. Deploy this machine again to restore the file.`);
  }
}
