import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancer } from "./loadBalancer.ts";
import { type ManagedFile, provisionScript, runsItsInput } from "./provisionScript.ts";

export interface VirtualAddressArgs {
  readonly balancer: LoadBalancer;
  /** keepalived.conf, rendered from the plan: constant priorities, every other host's balancer as a peer. */
  readonly files: readonly ManagedFile[];
}

/**
 * This host's share in the site's virtual address: keepalived in its balancer. Who holds the address is a fact of the run,
 * decided by VRRP and never declared, so a failover changes no stack.
 */
export class VirtualAddress extends pulumi.ComponentResource {
  constructor(name: string, args: VirtualAddressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("vigil:index:VirtualAddress", name, {}, opts);
    const parent = this;
    const keepalived = createKeepalived();
    createMove();
    this.registerOutputs({});

    function createKeepalived() {
      const stdin = provisionScript({
        files: args.files,
        service: "keepalived",
        check: "keepalived -t -f @STAGED@/etc/keepalived/keepalived.conf",
      });
      return new remote.Command(
        `${name}-keepalived`,
        { connection: args.balancer.connection, create: runsItsInput, stdin, triggers: [args.balancer.domainId] },
        // keepalived must not claim an address for a balancer that is not answering yet.
        { parent, dependsOn: [args.balancer.serving] },
      );
    }

    /**
     * A planned move is `pulumi up --target-replace` of this resource on the holder's stack. Its inputs are constant and
     * its script yields only if this balancer holds the address and a peer is alive, so the first run does nothing.
     */
    function createMove() {
      return new remote.Command(
        `${name}-move`,
        { connection: args.balancer.connection, create: "/usr/lib/vigil/yieldVip.sh" },
        { parent, dependsOn: [keepalived] },
      );
    }
  }
}
