/**
 * The table: each cause, what it is known by, and what is done about it. It is the one source of the diagnosis, of
 * `docs/healer-states.md` and of the end-to-end faults: a row that nothing can bring about is a row too many.
 */
import type { Repair } from "./actions.ts";
import type { Limits } from "./limits.ts";

export interface Cause {
  /** In the words of whoever runs the machines. */
  readonly title: string;
  readonly subject: "worker" | "balancer" | "machine" | "host" | "healer";
  readonly evidence: string;
  /** The least that helps, then what comes next if it did not. Empty: nothing is done, and a person is told. */
  readonly repairs: readonly Repair[];
  /** How long the evidence has to last before the first repair; 0 for positive evidence. */
  readonly patience: keyof Limits | 0;
  /** Why nothing is done, or why it waits. */
  readonly because: string;
  /** How the lab brings it about: `vigil lab break HOST FAULT SLOT`. Undefined if it needs more than one command. */
  readonly fault: string | undefined;
}

export const causes = {
  serviceDead: {
    title: "service dead",
    subject: "machine",
    evidence: "the agent beats, and nothing listens on the service's port",
    repairs: ["restartService", "powerCycle", "replace"],
    patience: "serviceGraceMs",
    because: "the guest's own supervisor comes first",
    fault: "stop-service",
  },
  serviceHung: {
    title: "service hung",
    subject: "machine",
    evidence: "the agent beats, the service accepts connections and answers none, and the machine computes nothing",
    repairs: ["restartService", "powerCycle", "replace"],
    patience: "serviceGraceMs",
    because: "a pause of a second is no hang",
    fault: "hang-service",
  },
  serviceBusy: {
    title: "service overloaded",
    subject: "machine",
    evidence: "the agent beats, the service does not answer in time, and the machine's processors are busy",
    repairs: ["restartService"],
    patience: "busyGraceMs",
    because: "restarting what is overloaded takes capacity away; only a service that spins for ever gains by it",
    fault: undefined,
  },
  serviceWrong: {
    title: "service answers wrongly",
    subject: "machine",
    evidence: "the agent beats, and the service's health answer is an error or has another identity",
    repairs: ["restartService", "replace"],
    patience: "serviceGraceMs",
    because: "an answer may be wrong while the service starts or stops",
    fault: undefined,
  },
  keepalivedDead: {
    title: "keepalived dead",
    subject: "balancer",
    evidence: "the agent beats, and no keepalived runs beside it",
    repairs: ["restartKeepalived", "powerCycle", "replace"],
    patience: "serviceGraceMs",
    because: "the guest's own supervisor comes first",
    fault: "stop-keepalived",
  },
  balancerUnfit: {
    title: "balancer takes no part",
    subject: "balancer",
    evidence: "the agent beats and nginx answers, and keepalived says FAULT or nothing: it would not take the address",
    repairs: ["restartKeepalived", "powerCycle", "replace"],
    patience: "unfitGraceMs",
    because: "it stands back for a moment on purpose: while its nginx returns, and when it yields the address",
    fault: undefined,
  },
  agentDead: {
    title: "agent dead",
    subject: "machine",
    evidence: "the heartbeat port refuses, and the machine answers ping",
    repairs: ["restartAgent", "powerCycle", "replace"],
    patience: "serviceGraceMs",
    because: "the guest's own supervisor comes first",
    fault: "stop-agent",
  },
  guestDiskFull: {
    title: "guest's disk full",
    subject: "machine",
    evidence: "the agent says that the guest has no space left to write",
    repairs: ["replace"],
    patience: "serviceGraceMs",
    because: "a rotation of logs may free it",
    fault: "fill-guest",
  },
  machineStopped: {
    title: "VM stopped",
    subject: "machine",
    evidence: "libvirt: the domain was shut down or destroyed, or could not be started",
    repairs: ["start", "replace"],
    patience: "stoppedGraceMs",
    because: "libvirt announces the end of a domain before it forgets it",
    fault: "destroy",
  },
  machineCrashed: {
    title: "VM crashed",
    subject: "machine",
    evidence: "libvirt: the domain's process died",
    repairs: ["replace"],
    patience: 0,
    because: "",
    fault: "kill",
  },
  machinePanicked: {
    title: "guest panicked",
    subject: "machine",
    evidence: "libvirt: the guest's kernel reported a panic",
    repairs: ["powerCycle", "replace"],
    patience: 0,
    because: "",
    fault: "panic",
  },
  machinePaused: {
    title: "VM paused",
    subject: "machine",
    evidence:
      "libvirt: the domain is paused, and not by its disk; for a job of libvirt's own, as to save its memory, after `jobGraceMs`",
    repairs: ["resume", "powerCycle", "replace"],
    patience: "pausedGraceMs",
    because: "a snapshot pauses a domain for a moment",
    fault: "pause",
  },
  machineStalled: {
    title: "VM paused by its disk",
    subject: "machine",
    evidence: "libvirt: the domain is paused because its disk failed to write",
    repairs: ["resume", "powerCycle"],
    patience: "pausedGraceMs",
    because: "it can go on only when the pool has space again",
    fault: "fill-pool",
  },
  machineFrozen: {
    title: "QEMU frozen",
    subject: "machine",
    evidence: "the host's kernel: the domain's process is stopped, though libvirt says that it runs",
    repairs: ["powerCycle", "replace"],
    patience: "resetAfterMs",
    because: "somebody may be debugging it",
    fault: "freeze",
  },
  balancerFrozen: {
    title: "balancer frozen or paused",
    subject: "balancer",
    evidence:
      "the domain is paused, for a job of libvirt's own longer than `jobGraceMs`, or its process is stopped; it would wake up believing that it holds the address",
    repairs: ["powerCycle", "replace"],
    patience: "pausedGraceMs",
    because: "a snapshot pauses a domain for a moment",
    fault: "freeze",
  },
  machineUnreachable: {
    title: "VM unreachable though running",
    subject: "machine",
    evidence: "no heartbeat and no answer to ping, while libvirt says that the domain runs",
    repairs: ["reset", "replace"],
    patience: "resetAfterMs",
    because: "a guest or its host may stand still for some seconds",
    fault: "mute-guest",
  },
  machineHung: {
    title: "guest hung",
    subject: "machine",
    evidence: "no heartbeat, while the guest's kernel answers ping",
    repairs: ["reset", "replace"],
    patience: "replaceAfterMs",
    because: "a slow disk stops programs and not the kernel",
    fault: "hang-guest",
  },
  machineStarved: {
    title: "VM starved of processors",
    subject: "machine",
    evidence: "no heartbeat or no answer of its service, while its processors wait for the host's for most of the time",
    repairs: ["reset", "replace"],
    patience: "busyGraceMs",
    because: "the host has too much to do, and a repair would give it more",
    fault: "starve",
  },
  machineReboots: {
    title: "guest reboots again and again",
    subject: "machine",
    evidence: "libvirt: the machine reboots, and is not up for long in between",
    repairs: ["powerCycle", "replace"],
    patience: 0,
    because: "",
    fault: undefined,
  },
  machineDetached: {
    title: "VM off the bridge",
    subject: "machine",
    evidence: "no heartbeat, and the domain's tap is not a port of the host's bridge",
    repairs: ["reattach"],
    patience: 0,
    because: "",
    fault: "detach",
  },
  domainUndefined: {
    title: "domain undefined",
    subject: "machine",
    evidence: "libvirt does not know the domain",
    repairs: ["replace"],
    patience: 0,
    because: "",
    fault: "undefine",
  },
  diskMissing: {
    title: "volume missing",
    subject: "machine",
    evidence: "the file of the domain's disk is gone",
    repairs: ["replace"],
    patience: 0,
    because: "",
    fault: "delete-volume",
  },
  repairUnfinished: {
    title: "repair cut short",
    subject: "machine",
    evidence:
      "the machine is well, and its last replacement did not come to its end and left differences from the plan",
    repairs: ["replace"],
    patience: 0,
    because: "",
    fault: undefined,
  },
  replaceWished: {
    title: "replacement wished",
    subject: "machine",
    evidence: "a person asks for it, whatever the machine says of itself",
    repairs: ["replace"],
    patience: 0,
    because: "",
    fault: undefined,
  },
  filesChanged: {
    title: "managed file changed",
    subject: "machine",
    evidence: "the agent's digest of the managed files is not the planned one",
    repairs: [],
    patience: "serviceGraceMs",
    because: "somebody changed it by hand: `pulumi up` or that hand takes it back",
    fault: "edit-file",
  },
  filesRefused: {
    title: "managed file refused",
    subject: "machine",
    evidence: "a managed file is as planned, and the agent says that it does not understand it",
    repairs: [],
    patience: "serviceGraceMs",
    because:
      "its image and the program that wrote the file are of different releases: `vigil host prepare` and `pulumi up` bring them together",
    fault: undefined,
  },
  massFailure: {
    title: "most workers bad at once",
    subject: "host",
    evidence: "more than half of the workers do not answer while their domains run",
    repairs: [],
    patience: 0,
    because: "machines do not die together: this is load or the network, and rebuilding would add to it",
    fault: "cut-workers",
  },
  networkBroken: {
    title: "host's network broken",
    subject: "host",
    evidence: "every machine of the host is silent, their domains run, and their taps are not on the bridge",
    repairs: ["reattach"],
    patience: 0,
    because: "",
    fault: "empty-bridge",
  },
  hostLost: {
    title: "another host lost",
    subject: "host",
    evidence: "neither its healer nor any of its workers is heard, and this host is not cut off",
    repairs: [],
    patience: "hostConfirmMs",
    because: "workers here stand in for its own until it is back; the host itself is nobody else's to mend",
    fault: undefined,
  },
  hostAway: {
    title: "another host away for long",
    subject: "host",
    evidence: "it was drained, and has not been heard since",
    repairs: [],
    patience: "hostAwayMs",
    because: "a person has drained it, and has it return: `vigil host return`",
    fault: undefined,
  },
  hostIsolated: {
    title: "this host is cut off",
    subject: "host",
    evidence: "neither the witness nor any other host is heard",
    repairs: [],
    patience: "witnessFreshMs",
    because:
      "whether other hosts are lost, and who has the service's address, cannot be told from here; only this host's own machines are repaired",
    fault: undefined,
  },
  witnessSilent: {
    title: "the witness does not answer",
    subject: "host",
    evidence: "the site's witness does not answer this host's pings, while another host is heard",
    repairs: [],
    patience: "witnessSilentMs",
    because:
      "the loss of all other hosts would be taken for a cut of this one, and nothing would be stood in for: mend it, or name another `witness` in `vigil:site`",
    fault: undefined,
  },
  hypervisorDown: {
    title: "hypervisor does not answer",
    subject: "host",
    evidence: "libvirt does not answer",
    repairs: [],
    patience: 0,
    because: "machines live on without libvirt, and nothing can be done to them without it",
    fault: "libvirtd",
  },
  poolFull: {
    title: "no space for an overlay",
    subject: "host",
    evidence: "the storage pool's file system has too little free space",
    repairs: [],
    patience: 0,
    because: "a machine that is deleted could not be made again",
    fault: "fill-pool",
  },
  stateFull: {
    title: "no space for state",
    subject: "host",
    evidence: "the file system of state and journal has too little free space",
    repairs: [],
    patience: 0,
    because: "an update that cannot write its state loses track of what it made",
    fault: "fill-state",
  },
  stackLocked: {
    title: "stack locked",
    subject: "host",
    evidence: "another update of this stack is under way",
    repairs: [],
    patience: 0,
    because: "its owner may be waiting at a prompt: it is waited for, then a person is told",
    fault: undefined,
  },
  notListening: {
    title: "I was not listening",
    subject: "healer",
    evidence: "the healer's own event loop stood still",
    repairs: [],
    patience: 0,
    because: "silence that was not listened to says nothing",
    fault: undefined,
  },
} as const satisfies Record<string, Cause>;

export type CauseName = keyof typeof causes;

/** The row of a cause, without the narrow types of the table. */
export function causeOf(name: CauseName): Cause {
  return causes[name];
}
