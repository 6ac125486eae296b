import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, signal } from "../../lab/processes.ts";
import { processStartMs } from "../processStart.ts";
import { nowMs } from "../requestRecord.ts";
import { type Machine, openClient, processOf, type Rig } from "../rig.ts";
import type { Shell } from "../shell.ts";

/** As epoch milliseconds. */
export interface Return {
  readonly killedMs: number;
  /** When the QEMU that answers was started. */
  readonly startedMs: number;
  /** When the client had the first answer. */
  readonly answeredMs: number;
  /** When whoever rebuilt the machine thought that it was done. */
  readonly doneMs: number;
}

const timeoutMs = 240_000;
const pollMs = 50;

/** Kills a machine's QEMU, lets `rebuild` have it back, and watches for its first answer meanwhile. */
export async function killAndAwait(
  rig: Rig,
  machine: Machine & { readonly url: string },
  rebuild: () => Promise<unknown>,
): Promise<Return> {
  const qemu = await processOf(rig, machine);
  const client = openClient(rig);
  try {
    await client.run("true");
    const killedMs = nowMs();
    await signal(qemu, "SIGKILL");
    // What has died must not be taken for what comes after it.
    while (await isAlive(qemu)) await sleep(1);
    const [answeredMs, doneMs] = await Promise.all([firstAnswerMs(client, machine.url), rebuild().then(() => nowMs())]);
    return { killedMs, startedMs: await processStartMs(await processOf(rig, machine)), answeredMs, doneMs };
  } finally {
    client.close();
  }
}

/** Rejects if there is none in four minutes. */
export async function awaitAnswer(rig: Rig, url: string): Promise<void> {
  const client = openClient(rig);
  try {
    await firstAnswerMs(client, url);
  } finally {
    client.close();
  }
}

async function firstAnswerMs(client: Shell, url: string): Promise<number> {
  const deadlineMs = nowMs() + timeoutMs;
  while (nowMs() < deadlineMs) {
    const { code } = await client.run(`curl -fsS -o /dev/null -m 0.5 ${url}`);
    if (code === 0) return nowMs();
    await sleep(pollMs);
  }
  throw new Error(`${url} did not answer within ${timeoutMs / 1000} s`);
}
