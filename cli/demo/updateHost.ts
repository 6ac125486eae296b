import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Lab } from "../../lab/lab.ts";
import { hostDirs } from "../../lab/lab.ts";
import { LabError } from "../../lab/labError.ts";
import { inHost } from "../../lab/machine.ts";

/** Runs `pulumi up` on a host, as a person there would. Rejects ERR_LAB_FAILED with what the engine diagnosed. */
export async function updateHost(lab: Lab, host: string, say: (line: string) => void): Promise<void> {
  const argv = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never", "--stack", host];
  const { code, stdout, stderr } = await inHost(lab, host, argv, {
    onLine: (line) => {
      const done = describeStep(line);
      if (done !== undefined) say(`${host}: ${done}`);
    },
  });
  const log = join(hostDirs(lab, host).disk, "update.log");
  await mkdir(dirname(log), { recursive: true });
  await writeFile(log, `${stdout}\n${stderr}`);
  if (code === 0) return;
  const diagnosed = /^Diagnostics:\n([\s\S]*?)\n(?:Outputs|Resources):/m.exec(stdout)?.[1] ?? stderr;
  throw new LabError(
    "ERR_LAB_FAILED",
    `\`pulumi up\` failed on host ${host}:\n${diagnosed.trim()}\nThe whole log is ${log}.`,
  );
}

/** What a line of the engine's progress says, if it is the end of a step on a resource that a person knows. */
export function describeStep(line: string): string | undefined {
  const [, type, name, result] = /^\s*[-+~]{1,2}\s+(\S+) (\S+) (\w+) \(\d/.exec(line) ?? [];
  if (type === undefined || !["created", "updated", "replaced", "deleted"].includes(result ?? "")) return undefined;
  const kind = /^(?:libvirt|command):\w+:(\w+)$/.exec(type)?.[1];
  return kind === undefined ? undefined : `${kind.toLowerCase()} ${name} ${result}`;
}
