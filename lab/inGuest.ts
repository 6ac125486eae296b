import type { Lab } from "./lab.ts";
import { LabError } from "./labError.ts";
import { virsh } from "./virtualHost.ts";

/**
 * Starts a shell script in a guest through its QEMU agent, which needs neither its network nor a login. The agent answers
 * before the script has ended, as it must when the script ends the guest.
 */
export async function inGuest(lab: Lab, host: string, domain: string, script: string): Promise<void> {
  const command = { execute: "guest-exec", arguments: { path: "/bin/sh", arg: ["-c", script] } };
  const { code, stderr } = await virsh(lab, host, ["qemu-agent-command", domain, JSON.stringify(command)]);
  if (code === 0) return;
  throw new LabError(
    "ERR_LAB_FAILED",
    `the guest agent of ${domain} on host ${host} does not answer: ${stderr.trim()}`,
  );
}
