/** What can go wrong in the simulated world, in the words of `vigil lab break` where the lab knows it too. */
export const slotFaults = [
  "stop-service",
  "hang-service",
  "crash-service",
  "wrong-answer",
  "overload",
  "starve",
  "stop-keepalived",
  "stop-agent",
  "restart-agent",
  "fill-guest",
  "edit-file",
  "destroy",
  "kill",
  "panic",
  "suspend",
  "save",
  "stall",
  "freeze",
  "hang-guest",
  "cut-guest",
  "mute",
  "slow-beats",
  "detach",
  "undefine",
  "delete-volume",
  "lose-image",
  "reboot",
  "reboot-loop",
] as const;

export const hostFaults = [
  "stop-libvirtd",
  "polls-fail",
  "events-lost",
  "empty-bridge",
  "cut-workers",
  "fill-pool",
  "fill-state",
  "lock",
  "engine-slow",
  "engine-fails",
  "engine-dies",
  "engine-silent",
  "operations-fail",
  "operations-hang",
  "stop-healer",
  "kill-healer",
  "kill-healer-at-repair",
  "pause",
  "resume",
  "replace",
  "drain",
  "undrain",
  "scale",
  "moveVip",
  "stale-result",
  "probes-lost",
  "set-clock",
] as const;

export type SlotFault = (typeof slotFaults)[number];
export type HostFault = (typeof hostFaults)[number];

export interface Fault {
  readonly kind: SlotFault | HostFault;
  readonly slot?: string;
  readonly atMs: number;
  /** How long it lasts, where it does not stand until something mends it. Infinity: only a person ends it. */
  readonly forMs: number;
  /** What it takes to mend it: 0 the least repair, 1 a power cycle or reset, 2 a replacement. */
  readonly depth: number;
}

/** What a person alone can end, and what a run may therefore end with. */
export const lastingFaults = ["fill-pool", "fill-state", "lock", "edit-file", "stop-libvirtd"] as const;

export function describeFault({ kind, slot, atMs, forMs, depth }: Fault): string {
  const where = slot === undefined ? "" : ` ${slot}`;
  return `${(atMs / 1000).toFixed(1)} s ${kind}${where}, for ${forMs / 1000} s, depth ${depth}`;
}
