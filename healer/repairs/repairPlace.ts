/** What the repairs know of their host and its slots: plain data, taken from the stack's outputs when the healer starts. */
export interface RepairPlace {
  readonly libvirtUri: string;
  readonly bridge: string;
  /** Where the kernel shows the host's network interfaces. */
  readonly netDir: string;
  /** libvirt's name of the storage pool, and its folder. */
  readonly pool: string;
  readonly poolDir: string;
  readonly imageDir: string;
  readonly stateDir: string;
  /** On a file system in memory: the login key lies here while the healer runs, readable by root alone. */
  readonly runDir: string;
  readonly loginPrivateKey: string;
  readonly slots: readonly RepairSlot[];
}

export interface RepairSlot {
  readonly slot: string;
  readonly role: "worker" | "balancer";
  readonly address: string;
  readonly uuid: string;
  /** The ssh host key of the guest, in OpenSSH form: nobody else is talked to. */
  readonly hostKey: string;
  /** The sha256 of the image that it boots. */
  readonly image: string;
  readonly memoryMib: number;
}
