import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { AlpineVm, type AlpineVmArgs, type GuestConnection } from "./alpineVm.ts";
import { createGuestVerification } from "./guestVerification.ts";
import { type ManagedFile, provisionScript, runsItsInput } from "./provisionScript.ts";

export interface LoadBalancerArgs extends AlpineVmArgs {
  readonly libvirtUri: string;
  /** nginx.conf and the agent's view of the pool, rendered from the plan. */
  readonly files: readonly ManagedFile[];
}

/**
 * A domain that runs nginx over the workers of every host. Which workers may serve comes from the address plan of the
 * site, never from another resource's output, so replacing a worker changes nothing here.
 */
export class LoadBalancer extends pulumi.ComponentResource {
  readonly connection: pulumi.Output<GuestConnection>;
  readonly hostPublicKey: pulumi.Output<string>;
  /** What has to be in place before the balancer may hold an address. */
  readonly serving: remote.Command;
  /** Changes whenever the domain is replaced: what else is provisioned into this guest triggers on it. */
  readonly domainId: pulumi.Output<string>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("vigil:index:LoadBalancer", name, {}, opts);
    const parent = this;
    const vm = new AlpineVm(name, args, { parent });
    createGuestVerification(name, args.slot, args.libvirtUri, vm, parent);

    this.connection = vm.connection;
    this.hostPublicKey = vm.hostPublicKey;
    this.domainId = vm.domain.id;
    this.serving = createNginx();
    this.registerOutputs({ hostPublicKey: this.hostPublicKey });

    function createNginx() {
      const stdin = provisionScript({
        files: args.files,
        service: "nginx",
        check: "nginx -t -q -c @STAGED@/etc/nginx/nginx.conf",
      });
      return new remote.Command(
        `${name}-nginx`,
        { connection: vm.connection, create: runsItsInput, stdin, triggers: [vm.domain.id] },
        { parent },
      );
    }
  }
}
