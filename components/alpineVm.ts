import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { SlotPlan, StackPlan } from "../infra/plan.ts";
import { renderSeed, writeSeedImage } from "../infra/seed.ts";
import { type SshKey, sshKeyFromSeed } from "../infra/sshKey.ts";
import type { BridgeNetwork } from "./bridgeNetwork.ts";
import type { GoldenImage } from "./goldenImage.ts";

// Read with the program and not when a machine is declared: the checkout may be another release by then.
const [domainXslt, privateVolumeXslt] = [stylesheet("alpineVm.xsl"), stylesheet("privateVolume.xsl")];

export interface AlpineVmArgs {
  readonly plan: StackPlan;
  readonly slot: SlotPlan;
  readonly image: GoldenImage;
  readonly network: BridgeNetwork;
  /** The key that the stack's own provisioning, its healer and its operator log in with. */
  readonly loginKey: pulumi.Output<SshKey>;
  /** The kernel command line, one `key: value` per parameter; every key needs a value, or a refresh loses it. */
  readonly kernelParameters: Readonly<Record<string, string>>;
  /** Where seed images are written; they hold the guest's host key, so the folder is readable by root alone. */
  readonly seedDir: string;
}

/**
 * One Alpine domain of a fixed slot: an overlay on the golden image, a NoCloud seed that gives the guest its identity,
 * and the domain. Everything that a slot is, down to MAC and UUID, is constant over its life, so replacing the domain
 * changes nothing that a neighbour could notice.
 */
export class AlpineVm extends pulumi.ComponentResource {
  /** The running domain; it resolves once libvirt has started it, long before the guest has booted. */
  readonly domain: libvirt.Domain;
  readonly hostPublicKey: pulumi.Output<string>;
  /** How `command.remote.Command` reaches the guest, with its host key pinned. */
  readonly connection: pulumi.Output<GuestConnection>;

  constructor(name: string, args: AlpineVmArgs, opts?: pulumi.ComponentResourceOptions) {
    super("vigil:index:AlpineVm", name, {}, opts);
    const parent = this;
    const { slot, plan, image, network } = args;
    const boot = image.bootOf(slot.image);

    const hostKey = createHostKey();
    const disk = createDisk();
    const seed = createSeed();
    this.domain = createDomain();
    this.hostPublicKey = hostKey.apply((key) => key.publicKey);
    this.connection = pulumi.all([args.loginKey, hostKey]).apply(([login, host]) => ({
      host: slot.address,
      user: "root",
      privateKey: login.privateKeyOpenssh,
      hostKey: host.publicKey,
      perDialTimeout: 5,
      dialErrorLimit: 100,
    }));
    this.registerOutputs({ hostPublicKey: this.hostPublicKey });

    function createHostKey() {
      const bytes = new random.RandomBytes(`${name}-host-key`, { length: 32 }, { parent });
      return sshKeyOf(bytes, slot.hostname);
    }

    // A volume that exists already would be adopted as it is, and a domain keeps its name: both go before they come.
    function createDisk() {
      return new libvirt.Volume(
        `${name}-disk`,
        { name: `${name}-disk.qcow2`, pool: image.pool, baseVolumeId: boot.baseVolumeId, format: "qcow2" },
        { parent, deleteBeforeReplace: true },
      );
    }

    function createSeed() {
      const files = pulumi
        .all([args.loginKey, hostKey])
        .apply(([login, host]) => renderSeed(slot, plan.site, { login, host }));
      // The name is a digest of 256 random bits and more: it gives nothing away, and readable state helps.
      const source = pulumi.unsecret(files.apply((seedFiles) => writeSeedImage(args.seedDir, seedFiles)));
      return new libvirt.Volume(
        `${name}-seed`,
        {
          name: `${name}-seed.img`,
          pool: image.pool,
          source,
          format: "raw",
          xml: { xslt: privateVolumeXslt },
        },
        { parent, deleteBeforeReplace: true },
      );
    }

    function createDomain() {
      return new libvirt.Domain(
        name,
        {
          name,
          type: plan.accelerator === "kvm" ? "kvm" : "qemu",
          memory: slot.memoryMib,
          vcpu: slot.vcpus,
          ...(plan.accelerator === "kvm" ? { cpu: { mode: "host-passthrough" } } : {}),
          kernel: boot.kernel,
          initrd: boot.initrd,
          cmdlines: [args.kernelParameters],
          disks: [{ volumeId: disk.id }, { volumeId: seed.id }],
          networkInterfaces: [{ bridge: network.bridge, mac: slot.mac }],
          consoles: [{ type: "pty", targetType: "serial", targetPort: "0" }],
          autostart: true,
          xml: { xslt: domainXslt.replace("@UUID@", slot.uuid).replace("@ROLE@", slot.role) },
        },
        { parent, deleteBeforeReplace: true },
      );
    }
  }
}

/** The login that the guest accepts; `privateKey` is secret because the key that it comes from is. */
export interface GuestConnection {
  readonly host: string;
  readonly user: string;
  readonly privateKey: string;
  readonly hostKey: string;
  readonly perDialTimeout: number;
  readonly dialErrorLimit: number;
}

/** The ed25519 key made of 32 random bytes that the state keeps as a secret. */
export function sshKeyOf(bytes: random.RandomBytes, comment: string): pulumi.Output<SshKey> {
  return bytes.base64.apply((base64) => sshKeyFromSeed(Buffer.from(base64, "base64"), comment));
}

function stylesheet(file: string): string {
  return readFileSync(join(import.meta.dirname, file), "utf8");
}
