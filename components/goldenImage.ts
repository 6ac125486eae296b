import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";

export interface GoldenImageArgs {
  /** The sha256 digests of every image that a slot of this stack runs. */
  readonly digests: readonly string[];
  /** Where host preparation left the images: `<digest>.qcow2`, `.vmlinux`, `.initrd`. */
  readonly imageDir: string;
  /** The folder of the storage pool. */
  readonly poolDir: string;
}

/**
 * The storage pool of a host and one base volume per image. Volumes are named by content, so an old and a new image
 * lie side by side and a slot moves from one to the other when its own plan says so.
 */
export class GoldenImage extends pulumi.ComponentResource {
  readonly pool: pulumi.Output<string>;
  private readonly baseVolumeIds: ReadonlyMap<string, pulumi.Output<string>>;
  private readonly imageDir: string;

  constructor(name: string, args: GoldenImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("vigil:index:GoldenImage", name, {}, opts);
    const parent = this;
    const pool = createPool();

    this.imageDir = args.imageDir;
    this.pool = pool.name;
    this.baseVolumeIds = new Map(args.digests.map((digest) => [digest, createBaseVolume(digest).id]));
    this.registerOutputs({ pool: this.pool });

    function createPool() {
      return new libvirt.Pool(name, { name, type: "dir", target: { path: args.poolDir } }, { parent });
    }

    function createBaseVolume(digest: string) {
      return new libvirt.Volume(
        `${name}-base-${digest.slice(0, 12)}`,
        { name: `base-${digest.slice(0, 12)}.qcow2`, pool: pool.name, source: `${args.imageDir}/${digest}.qcow2` },
        { parent, deleteBeforeReplace: true },
      );
    }
  }

  /** What a domain boots from: the base volume to overlay, and the kernel and initrd that belong to the same image. */
  bootOf(digest: string): { baseVolumeId: pulumi.Output<string>; kernel: string; initrd: string } {
    const baseVolumeId = this.baseVolumeIds.get(digest);
    if (baseVolumeId === undefined) throw new Error(`image ${digest} is not among the digests of this GoldenImage`);
    return {
      baseVolumeId,
      kernel: `${this.imageDir}/${digest}.vmlinux`,
      initrd: `${this.imageDir}/${digest}.initrd`,
    };
  }
}
