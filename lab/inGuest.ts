import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Lab } from "./lab.ts";
import { LabError } from "./labError.ts";
import { virsh } from "./virtualHost.ts";

const started = z.object({ return: z.object({ pid: z.number() }) });
const status = z.object({ return: z.object({ exited: z.boolean(), exitcode: z.number().optional() }) });

const pollMs = 200;
const longestMs = 30_000;

/**
 * Starts a shell script in a guest through its QEMU agent, which needs neither its network nor a login, and resolves to its
 * process. The agent answers before the script has ended, as it must when the script ends the guest.
 */
export async function inGuest(lab: Lab, host: string, domain: string, script: string): Promise<number> {
  const answer = await askAgent(lab, host, domain, "guest-exec", { path: "/bin/sh", arg: ["-c", script] });
  return started.parse(answer).return.pid;
}

/**
 * The same, to the script's end; a guest that has much to do may say nothing meanwhile. Rejects ERR_LAB_FAILED if it fails, or
 * takes too long.
 */
export async function doneInGuest(lab: Lab, host: string, domain: string, script: string): Promise<void> {
  const pid = await inGuest(lab, host, domain, script);
  const deadlineMs = performance.now() + longestMs;
  const fail = (how: string) => new LabError("ERR_LAB_FAILED", `in ${domain} on host ${host}: \`${script}\` ${how}.`);
  for (;;) {
    const answer = await askAgent(lab, host, domain, "guest-exec-status", { pid }).catch((error: unknown) => {
      if (!(error instanceof LabError)) throw error;
    });
    const said = answer === undefined ? undefined : status.parse(answer).return;
    if (said?.exited && said.exitcode === 0) return;
    if (said?.exited) throw fail(`ended with code ${said.exitcode ?? "none"}`);
    if (performance.now() > deadlineMs) throw fail(`has not ended after ${longestMs / 1000} s`);
    await sleep(pollMs);
  }
}

async function askAgent(lab: Lab, host: string, domain: string, execute: string, args: object): Promise<unknown> {
  const command = JSON.stringify({ execute, arguments: args });
  const { code, stdout, stderr } = await virsh(lab, host, ["qemu-agent-command", domain, command]);
  if (code === 0) return JSON.parse(stdout);
  throw new LabError(
    "ERR_LAB_FAILED",
    `the guest agent of ${domain} on host ${host} does not answer: ${stderr.trim()}`,
  );
}
