import { frozenPid } from "../signals/frozenProcess.ts";

/**
 * Kills a domain's process if it is stopped. libvirt would first ask it to end and give it ten seconds for that, which a
 * stopped process does not hear; and it must not be woken for it, or a balancer would come back as a holder of old.
 */
export async function endFrozen(domain: string): Promise<void> {
  const pid = await frozenPid(domain);
  if (pid !== undefined) process.kill(pid, "SIGKILL");
}
