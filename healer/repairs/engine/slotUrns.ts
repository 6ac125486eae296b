import { project } from "../../../infra/facts.ts";
import type { SlotTarget } from "./protocol.ts";

const worker = "vigil:index:WorkerNode";
const balancer = "vigil:index:LoadBalancer";
const virtualAddress = "vigil:index:VirtualAddress";
const goldenImage = "vigil:index:GoldenImage";
const vm = "vigil:index:AlpineVm";
const volume = "libvirt:index/volume:Volume";
const domain = "libvirt:index/domain:Domain";
const localCommand = "command:local:Command";
const randomBytes = "random:index/randomBytes:RandomBytes";
const remoteCommand = "command:remote:Command";

/**
 * The URNs of all that has to be made again for a slot to be as new: its disk, its domain, the proof that it serves, and
 * what was pushed into it. They are computed and not looked up, because a repair that was killed has left some of them
 * out of the state, and the next one must make those too. The key of the host stays, and with it the guest's identity.
 */
export function slotUrns(stack: string, { slot, role, seed }: SlotTarget): string[] {
  const node = role === "worker" ? worker : balancer;
  const urn = urnIn(stack);
  return [
    urn([node, vm, volume], `${slot}-disk`),
    ...(seed ? [urn([node, vm, volume], `${slot}-seed`)] : []),
    urn([node, vm, domain], slot),
    urn([node, localCommand], `${slot}-verified`),
    ...(role === "balancer"
      ? [urn([node, remoteCommand], `${slot}-nginx`), urn([virtualAddress, remoteCommand], `${slot}-vip-keepalived`)]
      : []),
  ];
}

/** The URNs of all that a worker is which was not there before. */
export function newWorkerUrns(stack: string, slot: string): string[] {
  const urn = urnIn(stack);
  return [
    urn([worker], slot),
    urn([worker, vm], slot),
    urn([worker, vm, randomBytes], `${slot}-host-key`),
    urn([worker, vm, volume], `${slot}-seed`),
    ...slotUrns(stack, { slot, role: "worker", seed: false }),
  ];
}

/** What the state lacks of these workers, and an update that makes them again has to make first: scaling was cut short. */
export function lackingUrns(stack: string, slots: readonly SlotTarget[], urns: readonly string[]): string[] {
  const workers = slots.filter(({ role }) => role === "worker").flatMap(({ slot }) => newWorkerUrns(stack, slot));
  return workers.filter((urn) => !urns.includes(urn));
}

/** What runs in a balancer when it is made again, and has it yield the service's address. */
export function vipMoveUrn(stack: string, slot: string): string {
  return urnIn(stack)([virtualAddress, remoteCommand], `${slot}-vip-move`);
}

/** The proof that a balancer serves, which every host has and which does nothing once it is there. */
export function balancerProofUrn(stack: string, slot: string): string {
  return urnIn(stack)([balancer, localCommand], `${slot}-verified`);
}

/** Whether a URN is one of a worker's resources, or the volume of an image. */
export function isOfWorkerOrImage(urn: string): boolean {
  const [, , types = ""] = urn.split("::");
  return types.split("$")[0] === worker || types === [goldenImage, volume].join("$");
}

/** The volume that the disks of all slots with this image lie over. */
export function imageUrn(stack: string, digest: string): string {
  return urnIn(stack)([goldenImage, volume], `vigil-base-${digest.slice(0, 12)}`);
}

function urnIn(stack: string) {
  return (types: readonly string[], name: string) => `urn:pulumi:${stack}::${project}::${types.join("$")}::${name}`;
}
