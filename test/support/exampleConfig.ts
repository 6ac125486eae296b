/** The configuration that the repository ships, as the engine would hand it to the program of one stack. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..", "..");

/** Stands for the two facts of a machine that `vigil host prepare` adds. */
export const exampleImage = "a".repeat(64);

export type FlatConfig = Record<string, string>;

export function exampleConfig(stack = "bk"): FlatConfig {
  const site = readYaml("Pulumi.yaml").config["vigil:site"] as { value: unknown };
  const values = {
    "vigil:accelerator": "tcg",
    "vigil:image": exampleImage,
    ...readYaml(`Pulumi.${stack}.yaml`).config,
    "vigil:site": site.value,
  };
  const flat = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(flat);
}

function readYaml(file: string): { config: Record<string, unknown> } {
  return parse(readFileSync(join(root, file), "utf8"));
}
