/** Tells our stand-in of a plugin from the official one: ours carries at most two resources. */
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { environment } from "./temporaryStack.ts";

const known = new Map<string, boolean>();

export function standIn(plugin: "command" | "random"): boolean {
  let answer = known.get(plugin);
  if (answer === undefined) {
    const env = { ...process.env, ...environment(tmpdir()) };
    const schema: unknown = JSON.parse(
      execFileSync("pulumi", ["package", "get-schema", plugin], { env, encoding: "utf8", maxBuffer: 2 ** 26 }),
    );
    answer = Object.keys((schema as { resources: object }).resources).length <= 2;
    known.set(plugin, answer);
  }
  return answer;
}
