import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { sshKeyOf } from "../components/alpineVm.ts";
import { BridgeNetwork } from "../components/bridgeNetwork.ts";
import { GoldenImage } from "../components/goldenImage.ts";
import { LoadBalancer } from "../components/loadBalancer.ts";
import { VirtualAddress } from "../components/virtualAddress.ts";
import { WorkerNode } from "../components/workerNode.ts";
import { type Folders, hostFolders } from "../infra/paths.ts";
import type { SlotPlan, StackPlan } from "../infra/plan.ts";
import type { SshKey } from "../infra/sshKey.ts";
import { kernelParameters } from "./kernelParameters.ts";
import { balancerFiles, virtualAddressFiles } from "./managedFiles.ts";

/**
 * Everything one host declares: its network, its image, its balancer with a share in the site's address, its workers.
 * No input comes from another host at run time, so no stack ever updates because of another one.
 */
export function createHostStack(plan: StackPlan, libvirtUri: string, folders: Folders = hostFolders): HostStack {
  const { imageDir, poolDir, seedDir } = folders;
  const loginKey = createLoginKey();
  const network = createNetwork();
  const image = createImage();
  const balancers = slotsOf("balancer").map(createBalancer);
  const workers = slotsOf("worker").map(createWorker);

  return {
    loginKey,
    hostPublicKeys: pulumi.all(Object.fromEntries([...balancers, ...workers])),
  };

  function createLoginKey() {
    return sshKeyOf(new random.RandomBytes("login-key", { length: 32 }), `vigil-${plan.host.name}`);
  }

  function createNetwork() {
    const { bridge, address, uplink } = plan.host;
    return new BridgeNetwork("vigil", { bridge, address, uplink });
  }

  function createImage() {
    const digests = [...new Set(plan.slots.map((slot) => slot.image))];
    return new GoldenImage("vigil", { digests, imageDir, poolDir });
  }

  function createBalancer(slot: SlotPlan): [string, pulumi.Output<string>] {
    const balancer = new LoadBalancer(slot.slot, { ...vmArgs(slot), files: balancerFiles(plan, slot) });
    new VirtualAddress(`${slot.slot}-vip`, { balancer, files: virtualAddressFiles(plan, slot) });
    return [slot.slot, balancer.hostPublicKey];
  }

  function createWorker(slot: SlotPlan): [string, pulumi.Output<string>] {
    return [slot.slot, new WorkerNode(slot.slot, vmArgs(slot)).hostPublicKey];
  }

  function vmArgs(slot: SlotPlan) {
    return { plan, slot, image, network, loginKey, kernelParameters, seedDir, libvirtUri };
  }

  function slotsOf(role: SlotPlan["role"]) {
    return plan.slots.filter((slot) => slot.role === role);
  }
}

export interface HostStack {
  readonly loginKey: pulumi.Output<SshKey>;
  /** The ssh host key of each slot. */
  readonly hostPublicKeys: pulumi.Output<Record<string, string>>;
}
