/** Every number that the core decides by. Times are on the healer's monotonic clock. */
export interface Limits {
  /**
   * A slot whose heartbeat is older is silent: no longer green, not yet acted on. Three beats of 200 ms; an emulated
   * machine loses more than that whenever its host is busy.
   */
  readonly silentMs: number;
  /** A silent machine is reset after so long, and replaced after so long: hiccups of a host last seconds. */
  readonly resetAfterMs: number;
  readonly replaceAfterMs: number;
  /** The guest's own supervisor has so long to bring a dead or hung service back. */
  readonly serviceGraceMs: number;
  /**
   * A service that does not answer while its machine computes is busy, until it has been so for this long: longer than
   * most rushes last. A person is told before.
   */
  readonly busyGraceMs: number;
  /** Above this share of its processors a machine counts as busy. */
  readonly busyShare: number;
  /**
   * A machine whose processors wait for the host's for this share of the time is starved. Its silence says nothing
   * meanwhile, for as long as a service may be busy.
   */
  readonly starvedShare: number;
  /** A machine that was paused or frozen is left alone for so long: it may be a snapshot, or somebody debugging. */
  readonly pausedGraceMs: number;
  /**
   * One that libvirt itself keeps paused, as to save or to dump its memory, is left to that for so long: longer than a
   * guest's memory takes to be written. What lasts longer has got stuck, or somebody has forgotten it; and a balancer that
   * wakes from it believes that it still holds the address.
   */
  readonly jobGraceMs: number;
  /** From a domain's start to a service that is up; silence before that says nothing. */
  readonly bootMs: number;
  /** After the healer's own start what was never seen well is not red for so long: the host itself may just have booted. */
  readonly startGraceMs: number;
  /** What the healer reads of itself: an event loop that stood still for longer has heard nothing meanwhile. */
  readonly maxLoopLagMs: number;
  /** The facts that libvirt gives are polled; older ones are not evidence. */
  readonly domainsFreshMs: number;
  /** A silent machine is asked so often, and its answer speaks for so long. */
  readonly probeIntervalMs: number;
  readonly probeFreshMs: number;
  /** A person's wish that could not be begun in this time is forgotten: nobody expects it any more. */
  readonly wishMs: number;
  /** So often an update is tried that changes the number of workers and was cut short; then a person is left with it. */
  readonly scaleTries: number;
  /** A worker that leaves the rotation has so long for its requests: none that came through a balancer lasts longer. */
  readonly drainMs: number;
  /** A slot that is red for so long, whatever the reason, is a person's concern too. */
  readonly pageAfterMs: number;
  /** Between two checks for drift, and after one that found some or could not be judged. */
  readonly driftIntervalMs: number;
  readonly driftRetryMs: number;
  /**
   * Another host that has not been heard for so long, and whose workers have not either, counts as lost: longer than a
   * healer, a switch or a whole host takes to start anew. Traffic left its workers within a second, and needs none of this.
   */
  readonly hostConfirmMs: number;
  /**
   * One that has returned has to be well for so long before it gets its workers back; doubled with each return within
   * `budgetWindowMs`, up to the limit. Longer than its machines take to boot beside each other.
   */
  readonly hostGreenMs: number;
  readonly maxHostGreenMs: number;
  /**
   * A host whose healer was told to end, as before a restart or a reboot, is expected back within this: longer than a
   * machine and its guests take to boot. Then its silence counts like any other's.
   */
  readonly expectedBackMs: number;
  /**
   * A worker of a host that is taken back has to be green for so long before it gets requests: those that boot beside each
   * other answer at times long before they keep up.
   */
  readonly steadyMs: number;
  /** A host that a person has drained and that is away for so long may have been forgotten. */
  readonly hostAwayMs: number;
  /** A witness that has not answered for so long is not heard: some pings may be lost. */
  readonly witnessFreshMs: number;
  /**
   * One that has not answered for so long while another host is heard is a person's concern: longer than a router takes to
   * start anew. The next loss of a host would be taken for a cut.
   */
  readonly witnessSilentMs: number;
  /** So long the answer to how many more workers fit is believed. */
  readonly roomRetryMs: number;
  /** A balancer that serves and takes no part in VRRP is left alone for so long. */
  readonly unfitGraceMs: number;
  /** So many pings without an answer say that nobody is there. */
  readonly pings: number;
  /** So many reboots, none of them followed by `provenMs` of being up, say that it will not stay up. */
  readonly reboots: number;
  /** The service's address without a holder, or with two, for so long is a person's concern. */
  readonly vipGraceMs: number;
  /** A second slot that fails within this joins the first one's batch. */
  readonly batchMs: number;
  /** libvirt announces the end of a domain before it forgets it; it is asked meanwhile, and answers slowly on a busy host. */
  readonly stoppedGraceMs: number;
  /** More than this share of the workers bad within `massWindowMs`, with their domains running, is load or network. */
  readonly massShare: number;
  readonly massWindowMs: number;
  /** Repairs of one slot, and of the host, within `budgetWindowMs`. */
  readonly slotBudget: number;
  readonly hostBudget: number;
  readonly budgetWindowMs: number;
  /** The pause before the next repair of one slot: this, doubled with each repair in the window, up to the limit. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A repaired slot has to be green for so long before the repair counts as having helped; doubled and limited likewise. */
  readonly provenMs: number;
  readonly maxProvenMs: number;
  /** So many repairs that failed in a row open the breaker, for so long. */
  readonly breakerFailures: number;
  readonly breakerOpenMs: number;
  /** Longer than any repair may take: then its result is given up, and the next one asks the hypervisor first. */
  readonly repairDeadlineMs: number;
  /** What has to be free before a machine may be deleted in order to be made again, and for each one that is added. */
  readonly minPoolFreeBytes: number;
  readonly minStateFreeBytes: number;
  /**
   * What a machine may take beside its guest's memory, one that is added like one that runs. Under TCG that is the code that
   * its QEMU keeps translated, which its `tb-size` bounds to 512 MiB, and 64 for QEMU itself. Under KVM it is an allowance
   * for QEMU and the tables of its pages, and has not been measured.
   */
  readonly qemuBytes: number;
  /** What all machines together leave to their host, however much they touch: an update alone takes half of it. */
  readonly hostReserveBytes: number;
  /**
   * Of all machines that run on a host together with those that are added, for each of its processors, unless the site facts
   * say how many its workers may have. Guests that mostly wait share well. Not asked under TCG, which is for labs, whose hosts
   * share the processors of one machine.
   */
  readonly vcpusPerProcessor: number;
  /** Below this a guest's own disk is full: it can no longer write what it has to. */
  readonly minGuestFreeBytes: number;
}

const minuteMs = 60_000;
const mebibyte = 1024 * 1024;

type OfAccelerator = "silentMs" | "bootMs" | "startGraceMs" | "repairDeadlineMs" | "qemuBytes" | "vcpusPerProcessor";

const common: Omit<Limits, OfAccelerator> = {
  resetAfterMs: 5_000,
  replaceAfterMs: 15_000,
  serviceGraceMs: 3_000,
  busyGraceMs: 10 * minuteMs,
  busyShare: 0.8,
  starvedShare: 0.6,
  pausedGraceMs: 2_000,
  jobGraceMs: minuteMs,
  maxLoopLagMs: 300,
  domainsFreshMs: 5_000,
  probeIntervalMs: 500,
  probeFreshMs: 3_000,
  wishMs: 2 * minuteMs,
  scaleTries: 4,
  drainMs: minuteMs,
  pageAfterMs: 5 * minuteMs,
  driftIntervalMs: 30 * minuteMs,
  driftRetryMs: 2 * minuteMs,
  hostConfirmMs: minuteMs,
  hostGreenMs: 2 * minuteMs,
  maxHostGreenMs: 60 * minuteMs,
  expectedBackMs: 10 * minuteMs,
  steadyMs: 3_000,
  hostAwayMs: 240 * minuteMs,
  witnessFreshMs: 10_000,
  witnessSilentMs: minuteMs,
  roomRetryMs: 2 * minuteMs,
  unfitGraceMs: 30_000,
  pings: 3,
  reboots: 4,
  vipGraceMs: 3_000,
  batchMs: 250,
  stoppedGraceMs: 1_000,
  massShare: 0.5,
  massWindowMs: 10_000,
  slotBudget: 6,
  hostBudget: 20,
  budgetWindowMs: 60 * minuteMs,
  backoffMs: 5_000,
  maxBackoffMs: 15 * minuteMs,
  provenMs: 30_000,
  maxProvenMs: 15 * minuteMs,
  breakerFailures: 3,
  breakerOpenMs: 10 * minuteMs,
  minPoolFreeBytes: 512 * mebibyte,
  minStateFreeBytes: 64 * mebibyte,
  hostReserveBytes: 512 * mebibyte,
  minGuestFreeBytes: 4 * mebibyte,
};

/** What a machine with KVM keeps, and one that emulates its guests. */
export const limitsFor: Readonly<Record<"kvm" | "tcg", Limits>> = {
  kvm: {
    ...common,
    silentMs: 600,
    bootMs: 30_000,
    startGraceMs: 10_000,
    repairDeadlineMs: 3 * minuteMs,
    qemuBytes: 128 * mebibyte,
    vcpusPerProcessor: 4,
  },
  tcg: {
    ...common,
    silentMs: 1_500,
    bootMs: 4 * minuteMs,
    startGraceMs: 20_000,
    repairDeadlineMs: 5 * minuteMs,
    qemuBytes: 576 * mebibyte,
    vcpusPerProcessor: Number.POSITIVE_INFINITY,
  },
};
