import * as pulumi from "@pulumi/pulumi";
import { AlpineVm, type AlpineVmArgs } from "./alpineVm.ts";
import { createGuestVerification } from "./guestVerification.ts";

export interface WorkerNodeArgs extends AlpineVmArgs {
  readonly libvirtUri: string;
}

/**
 * A domain that runs the stateless service. Its seed is all that it needs: a rebuilt worker serves as soon as it has
 * booted, and the balancers find it by its address, so no other resource depends on it.
 */
export class WorkerNode extends pulumi.ComponentResource {
  readonly hostPublicKey: pulumi.Output<string>;

  constructor(name: string, args: WorkerNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("vigil:index:WorkerNode", name, {}, opts);
    const vm = new AlpineVm(name, args, { parent: this });
    createGuestVerification(name, args.slot, args.libvirtUri, vm, this);

    this.hostPublicKey = vm.hostPublicKey;
    this.registerOutputs({ hostPublicKey: this.hostPublicKey });
  }
}
