/** Whether healers are at work while something is measured: traffic must not need them, nor suffer from them. */
import { allWell, beginAnew, healerWay, keepHealer, startHealer, stopHealer } from "../lab/healers.ts";
import { type Machine, type Rig, startDomain } from "./rig.ts";

export type Healers = "none" | "running";

const wellTimeoutMs = 240_000;

/** Before each run: no host's healer runs, or all do, find their machines well, and have spent nothing of their budgets. */
export async function readyHealers(rig: Rig, healers: Healers): Promise<void> {
  const ready = (host: string) =>
    healers === "none" ? stopHealer(rig.lab, host) : beginAnew(rig.lab, host, slotsOf(rig, host).length, wellTimeoutMs);
  await Promise.all(rig.hosts.map(ready));
}

/** Resolves to what leaves the healers running, or not, as they are now. */
export async function rememberHealers({ lab, hosts }: Rig): Promise<() => Promise<void>> {
  const ways = await Promise.all(hosts.map(async (host) => [host, await healerWay(lab, host)] as const));
  return async () => {
    for (const [host, way] of ways) {
      if ((await healerWay(lab, host)) === way) continue;
      await stopHealer(lab, host);
      if (way === "kept") await keepHealer(lab, host);
      if (way === "started") await startHealer(lab, host);
    }
  };
}

/** Has a machine that was killed again: its healer rebuilds it, or it is started. No healer knows of a plain pair. */
export async function bringBack(rig: Rig, healers: Healers, machine: Machine): Promise<void> {
  const slots = slotsOf(rig, machine.host);
  const isHealed = healers === "running" && slots.some(({ slot }) => slot === machine.domain);
  if (isHealed) await allWell(rig.lab, machine.host, slots.length, wellTimeoutMs);
  else await startDomain(rig, machine);
}

function slotsOf({ outputs }: Rig, host: string) {
  return outputs.get(host)?.slots ?? [];
}
