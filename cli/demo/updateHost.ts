import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../../lab/lab.ts";
import { hostDirs } from "../../lab/lab.ts";
import { LabError } from "../../lab/labError.ts";
import { inHostAny } from "../../lab/machine.ts";

const waitingLineMs = 20_000;

/** Runs `pulumi up` on a host, as a person there would. Rejects ERR_LAB_FAILED with what the engine diagnosed. */
export async function updateHost(lab: Lab, host: string, say: (line: string) => void): Promise<void> {
  const argv = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never", "--stack", host];
  let quietSince = performance.now();
  const tell = (line: string) => {
    quietSince = performance.now();
    say(`${host}: ${line}`);
  };
  const waiting = setInterval(() => {
    if (performance.now() - quietSince >= waitingLineMs) tell("still at it");
  }, 1000);
  const { code, stdout, stderr } = await inHostAny(lab, host, argv, {
    onLine: (line) => {
      const done = describeStep(line);
      if (done !== undefined) tell(done);
    },
  }).finally(() => clearInterval(waiting));
  const log = join(hostDirs(lab, host).disk, "update.log");
  await writeFile(log, `${stdout}\n${stderr}`);
  if (code === 0) return;
  const reason = diagnosedErrors(stdout) || stderr.trim();
  throw new LabError("ERR_LAB_FAILED", `\`pulumi up\` failed on host ${host}:\n${reason}\nThe whole log is ${log}.`);
}

/** The paragraphs of the engine's diagnostics that tell of an error, without those of the resources that are well. */
export function diagnosedErrors(log: string): string {
  const [, diagnostics = ""] = /^Diagnostics:\n([\s\S]*?)(?:^Outputs:|^Resources:|$(?![\s\S]))/m.exec(log) ?? [];
  return diagnostics
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.includes("error:"))
    .join("\n")
    .trimEnd();
}

/** What a line of the engine's progress says, if it is the end of a step on a resource that a person knows. */
export function describeStep(line: string): string | undefined {
  const [, type, name, result] = /^\s*[-+~]{1,2}\s+(\S+) (\S+) (\w+) \(\d/.exec(line) ?? [];
  if (type === undefined || !["created", "updated", "replaced", "deleted"].includes(result ?? "")) return undefined;
  const kind = /^(?:libvirt|command):\w+:(\w+)$/.exec(type)?.[1];
  return kind === undefined ? undefined : `${kind.toLowerCase()} ${name} ${result}`;
}
