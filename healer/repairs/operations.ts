/**
 * The repairs that change nothing that is declared. Each may be asked for again in any state: what is already so is a
 * success. Each ends within its time-out; all reject with one sentence.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../host/run.ts";
import type { Operation } from "../core/actions.ts";
import { endFrozen } from "./endFrozen.ts";
import { inGuest } from "./guestShell.ts";
import { type BridgePlace, checkBridge } from "./preflight.ts";
import { RepairError } from "./repairError.ts";
import type { RepairPlace, RepairSlot } from "./repairPlace.ts";
import { restartScript } from "./restartScript.ts";
import { domainState, virsh, virshAny } from "./virsh.ts";

type Operate = (place: RepairPlace, slot: RepairSlot) => Promise<void>;

/** libvirt asks a process for 15 s to end before it kills it, and a stopped one does not hear. */
const destroyTimeoutMs = 30_000;
const startTimeoutMs = 30_000;
const restartTimeoutMs = 30_000;

export const operations: Readonly<Record<Operation, Operate>> = {
  start,
  resume,
  reset: async ({ libvirtUri }, { slot }) => void (await virsh(libvirtUri, ["reset", slot])),
  powerCycle,
  reattach,
  restartService: (place, slot) => restart(place, slot, slot.role === "worker" ? "vigil-stateless" : "nginx"),
  restartKeepalived: (place, slot) => restart(place, slot, "keepalived"),
  restartAgent: (place, slot) => restart(place, slot, "vigil-agent"),
};

async function start(place: RepairPlace, { slot }: RepairSlot): Promise<void> {
  const { libvirtUri } = place;
  const state = await domainState(libvirtUri, slot);
  if (state === "running") return;
  await requireBridge(place);
  // It boots, whatever image libvirt has saved of it: a balancer that wakes from one believes that it still holds the address.
  await virsh(libvirtUri, ["start", "--force-boot", slot], startTimeoutMs);
}

async function resume({ libvirtUri }: RepairPlace, { slot }: RepairSlot): Promise<void> {
  if ((await domainState(libvirtUri, slot)) === "running") return;
  await virsh(libvirtUri, ["resume", slot]);
  // A domain that its disk has paused is paused again at once if the disk still fails.
  await sleep(200);
  const state = await domainState(libvirtUri, slot);
  if (state !== "running") throw new Error(`${slot} was resumed and is ${state} again`);
}

/** Rejects with the code `preflight` if the bridge is missing: then nothing may be ended that could not start again. */
async function requireBridge(place: BridgePlace): Promise<void> {
  const missing = await checkBridge(place);
  if (missing !== undefined) throw new RepairError("preflight", missing);
}

async function powerCycle(place: RepairPlace, slot: RepairSlot): Promise<void> {
  await requireBridge(place);
  await endFrozen(slot.slot);
  // What has just been killed may end before the command does it, so what counts is how it is afterwards.
  const commands = `destroy ${slot.slot}; domstate ${slot.slot}`;
  const { stdout, stderr } = await virshAny(place.libvirtUri, [commands], destroyTimeoutMs);
  const state = stdout.trim().split("\n").at(-1);
  if (state !== "shut off") throw new Error(`${slot.slot} could not be ended and is ${state}: ${stderr.trim()}`);
  await start(place, slot);
}

/** A bridge that was made anew has lost its ports; the domain's tap is still there. */
async function reattach(place: RepairPlace, { slot }: RepairSlot): Promise<void> {
  const { libvirtUri, bridge } = place;
  await requireBridge(place);
  const interfaces = await virsh(libvirtUri, ["domiflist", slot]);
  const taps = interfaces.split("\n").flatMap((line) => line.trim().match(/^(\S+)\s+bridge\s/)?.[1] ?? []);
  if (taps.length === 0 || taps.includes("-")) throw new Error(`${slot} has no interface on the host to attach`);
  for (const tap of taps) {
    await run(["ip", "link", "set", "dev", tap, "master", bridge, "up"], { timeoutMs: 5_000 });
  }
}

function restart(place: RepairPlace, slot: RepairSlot, service: string): Promise<void> {
  return inGuest(place, slot, restartScript(service), restartTimeoutMs);
}
