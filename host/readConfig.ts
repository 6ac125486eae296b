import { readFile } from "node:fs/promises";
import { parse } from "yaml";

/** What a `Pulumi.yaml` or the file of a stack has under `config`, by its qualified keys. */
export async function readConfig(path: string): Promise<Record<string, unknown>> {
  const content: unknown = parse(await readFile(path, "utf8"));
  return (content as { config?: Record<string, unknown> } | null)?.config ?? {};
}
