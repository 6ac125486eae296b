import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkoutDir } from "../../host/hostEnvironment.ts";
import { stopHealer } from "../../lab/healers.ts";
import { inHost } from "../../lab/machine.ts";
import type { Figures, Trial } from "../cases/case.ts";
import { guestShell } from "../rig.ts";
import { baseVolume, keep, rebuild } from "./byVirsh.ts";
import { splitOf } from "./figures.ts";
import { awaitAnswer, killAndAwait } from "./killAndAwait.ts";
import type { Victim } from "./victim.ts";

const script = join(checkoutDir, "bench/baseline/byHand/watchAndRebuild.sh");

/** As the program names it. */
const pool = "vigil";
const pollS = 2;
const tryS = 0.5;
/** Four tries with backoff: with their patience 6 s for a worker and 16 s for a balancer, as the people before us measured. */
const waitsS = { worker: [0.25, 0.5, 1, 2], balancer: [0.9, 1.8, 3.6, 7.2] };
/** The script watches until it has rebuilt the machine. */
const watchTimeoutMs = 240_000;
/** Long enough for the script to have looked once. */
const settleMs = 3_000;

/** Our reconstruction of how a cluster is kept alive by a person's scripts; `watchAndRebuild.sh` says what of it is ours. */
export async function byHand({ rig }: Trial, victim: Victim): Promise<Figures> {
  const { host } = victim;
  await stopHealer(rig.lab, host);
  const kept = await keep(rig, victim);
  const env = byHandVariables(victim, kept);
  const watching = inHost(rig.lab, host, ["sh", script], { env, timeoutMs: watchTimeoutMs });
  // It is awaited only after the kill, and may fail before.
  watching.catch(() => {});
  try {
    // The fault must not keep step with the watch.
    await sleep(settleMs + Math.random() * pollS * 1000);
    const back = await killAndAwait(rig, victim, () => watching);
    return splitOf(back, actingMs(await watching));
  } finally {
    // A clone is no overlay: what is declared has to be there again, also in what libvirt remembers of the volume.
    await rebuild(rig, victim, kept);
    await inHost(rig.lab, host, ["virsh", "--quiet", "pool-refresh", pool]);
    await awaitAnswer(rig, victim.url);
  }
}

export function byHandVariables(
  { domain, address, slot, url }: Victim,
  { xml, configure }: { readonly xml: string; readonly configure: string },
): Record<string, string> {
  return {
    DOMAIN: domain,
    XML: xml,
    POOL: pool,
    DISK: `${domain}-disk.qcow2`,
    BASE: baseVolume(slot.image),
    ADDRESS: address,
    NETMASK: slot.netmask,
    GATEWAY: slot.gateway,
    HOSTNAME: slot.hostname,
    URL: url,
    POLL_S: `${pollS}`,
    TRY_S: `${tryS}`,
    WAITS_S: waitsS[slot.role].join(" "),
    LOGIN: guestShell(address).join(" "),
    SERVICES: slot.role === "worker" ? "vigil-stateless" : "",
    CONFIGURE: configure,
    CHECK: join(checkoutDir, "components/verifyGuest.sh"),
    DEADLINE_S: "120",
    LIBVIRT_DEFAULT_URI: "qemu:///system",
  };
}

/** When the script began to act, as it says itself. */
export function actingMs(said: string): number {
  const stamp = said.match(/^acting (\d+)$/m)?.[1];
  if (stamp === undefined) throw new Error(`the script by hand never acted; it said: ${said.trim()}`);
  return Number(stamp);
}
