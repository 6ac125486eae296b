/**
 * Where a host keeps what vigil owns. The paths are constants, not configuration: the program must mean the same
 * whether a person runs it, the healer runs it, or it runs inside a virtual host of the lab.
 */
export const stateDir = "/var/lib/vigil";
export const desiredPath = `${stateDir}/desired.json`;

export interface Folders {
  /** Where host preparation left the images: `<digest>.qcow2`, `.vmlinux`, `.initrd`. */
  readonly imageDir: string;
  /**
   * The storage pool that libvirt serves volumes from. libvirt removes this folder together with the pool, so it lies in
   * the one that a user may give a file system of its own: a mount point cannot be removed.
   */
  readonly poolDir: string;
  /** Seed images; they hold the guests' host keys, so the folder is readable by root alone. */
  readonly seedDir: string;
}

export const hostFolders: Folders = {
  imageDir: `${stateDir}/images`,
  poolDir: `${stateDir}/pool/volumes`,
  seedDir: `${stateDir}/seeds`,
};
