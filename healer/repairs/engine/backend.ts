import { join } from "node:path";
import { project } from "../../../infra/facts.ts";

/** Where the file backend keeps one stack. */
export interface StackPaths {
  readonly state: string;
  /** What the engine renames the state to, before it writes a new one. */
  readonly previous: string;
  readonly history: string;
  readonly backups: string;
  readonly locks: string;
}

export function stackPaths(backendDir: string, stack: string): StackPaths {
  const root = join(backendDir, ".pulumi");
  const state = join(root, "stacks", project, `${stack}.json`);
  return {
    state,
    previous: `${state}.bak`,
    history: join(root, "history", project, stack),
    backups: join(root, "backups", project, stack),
    locks: join(root, "locks", "organization", project, stack),
  };
}
