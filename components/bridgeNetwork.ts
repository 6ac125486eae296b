import { readFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";

const verifyScript = readFileSync(join(import.meta.dirname, "verifyBridge.sh"), "utf8");

export interface BridgeNetworkArgs {
  /** The host's bridge, made by host preparation. */
  readonly bridge: string;
  /** The host's own IPv4 address on that bridge. */
  readonly address: string;
  /** The physical interface that must be a port of the bridge. */
  readonly uplink: string;
}

/**
 * A libvirt network over a bridge that the host already has. It declares the network only: the bridge itself carries the
 * connection that a person may be logged in over, so it is verified and never created or removed here.
 */
export class BridgeNetwork extends pulumi.ComponentResource {
  /**
   * What a domain names. libvirt resolves a network of this mode to its bridge when a domain starts and reports only the
   * bridge afterwards, so a domain that named the network would show a change on every refresh.
   */
  readonly bridge: pulumi.Output<string>;

  constructor(name: string, args: BridgeNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("vigil:index:BridgeNetwork", name, {}, opts);
    const parent = this;
    const verified = createVerified();
    const network = createNetwork();

    this.bridge = network.bridge;
    this.registerOutputs({ bridge: this.bridge });

    function createVerified() {
      return new local.Command(
        `${name}-verified`,
        {
          create: verifyScript,
          environment: { BRIDGE: args.bridge, ADDRESS: args.address, UPLINK: args.uplink },
        },
        { parent },
      );
    }

    function createNetwork() {
      return new libvirt.Network(
        name,
        { name, mode: "bridge", bridge: args.bridge, autostart: true },
        { parent, dependsOn: [verified] },
      );
    }
  }
}
