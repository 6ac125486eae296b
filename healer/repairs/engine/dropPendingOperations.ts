import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../host/run.ts";
import type { StackState } from "./stackState.ts";
import { writeProject, writeStackFile } from "./workDir.ts";

const timeoutMs = 60_000;

export interface EnginePlace {
  readonly stack: string;
  readonly workDir: string;
  /** The environment that makes `pulumi` act on the host's own state. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * An update that was killed leaves what it was doing as a pending operation, which every later update warns of and none
 * removes. Whether the thing exists makes no difference here: names and UUIDs are fixed, and the next repair looks at
 * libvirt itself. Resolves to a sentence if something was done.
 */
export async function dropPendingOperations(place: EnginePlace, state: StackState): Promise<string | undefined> {
  if (state.pendingOperations === 0) return undefined;
  const { stack, workDir, env } = place;
  await writeProject(workDir);
  await writeStackFile(workDir, stack, state);
  const file = join(workDir, "exported.json");
  const pulumi = (command: string) =>
    run(["pulumi", "stack", command, "--stack", stack, "--file", file], { cwd: workDir, env, timeoutMs });
  try {
    await pulumi("export");
    const exported = JSON.parse(await readFile(file, "utf8")) as { deployment: { pending_operations?: unknown } };
    delete exported.deployment.pending_operations;
    await writeFile(file, JSON.stringify(exported), { mode: 0o600 });
    await pulumi("import");
  } finally {
    await rm(file, { force: true });
  }
  return `dropped ${state.pendingOperations} pending operation(s) of an update that was ended.`;
}
