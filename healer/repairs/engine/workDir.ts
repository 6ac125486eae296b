import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { project } from "../../../infra/facts.ts";
import type { StackState } from "./stackState.ts";

/** The project that the engine sees instead of the checkout's: whatever is wrong there must not stop a repair. */
export async function writeProject(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await write(join(dir, "Pulumi.yaml"), { name: project, runtime: "nodejs" });
}

/**
 * The stack's file with what is deployed. The engine reads it for two reasons: the providers are configured from it, and
 * the secrets of the state need its salt.
 */
export async function writeStackFile(dir: string, stack: string, { applied, salt }: StackState): Promise<void> {
  const config = Object.entries(applied.config).map(([key, value]) => [
    key.includes(":") ? key : `${project}:${key}`,
    value,
  ]);
  await write(join(dir, `Pulumi.${stack}.yaml`), { encryptionsalt: salt, config: Object.fromEntries(config) });
}

async function write(path: string, content: unknown): Promise<void> {
  await writeFile(path, stringify(content), { mode: 0o600 });
}
