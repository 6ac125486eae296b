/** What the estimate of a year rests on besides measurements. Change it to what is true where you are. */

export interface YearlyFault {
  readonly title: string;
  readonly perYear: number;
  readonly source: string;
  /** What one fault costs, read from a result. */
  readonly cost: Cost;
}

export interface Cost {
  readonly result: string;
  readonly failed: readonly string[];
  /** The time without an answer; none where the service goes on. */
  readonly outage?: string;
  /** The figure that counts the faults of a run, if a run is not one fault. */
  readonly perRun?: string;
}

/** Deaths of machines that have nothing to do with each other, while another one is still away. */
export const redundancy = {
  balancers: 2,
  workers: 4,
  /** Of each machine. */
  deathsPerYear: 1,
  /** Until somebody has seen that a machine is dead, and has rebuilt it by hand. */
  personHours: 8,
  /** For the time in which nobody answers. */
  requestsPerS: 20,
} as const;

export const yearlyFaults: readonly YearlyFault[] = [
  {
    title: "the holder's nginx dies",
    perYear: 2,
    source: "assumed",
    cost: { result: "holder-nginx", failed: ["failed", "usersFailed"], outage: "outageMs" },
  },
  {
    title: "the holder's VM dies",
    perYear: redundancy.deathsPerYear,
    source: "one machine's deaths, below; that of a balancer without the address costs nothing",
    cost: { result: "holder-vm", failed: ["failed", "usersFailed"], outage: "outageMs" },
  },
  {
    title: "a worker's VM dies",
    perYear: redundancy.workers * redundancy.deathsPerYear,
    source: "one machine's deaths, below, times the workers",
    cost: { result: "worker-vm", failed: ["failedInFlight", "failedAfter"] },
  },
  {
    title: "the address is moved on purpose",
    perYear: 12,
    source: "assumed: one upkeep a month",
    cost: {
      result: "vip-move",
      failed: ["newFailed", "keptFailed", "cutInFlight", "cutLater"],
      perRun: "moves",
    },
  },
  {
    title: "the holder's host loses its power",
    perYear: 0.5,
    source: "assumed: each of two hosts once in two years, every other time the holder's",
    cost: {
      result: "host-power",
      failed: ["failedOnKept", "failedAgain", "failedAtLoss", "failedStandingIn", "failedBooting", "failedGivingBack"],
      outage: "outageMs",
    },
  },
  {
    title: "the cable of the holder's host is cut",
    perYear: 0.5,
    source: "assumed, like its power",
    cost: {
      result: "host-cut",
      failed: ["failedOnKept", "failedAgain", "failedAtCut", "failedWhileCut", "failedAfterMend"],
      outage: "outageMs",
    },
  },
  {
    title: "a host is drained and rebooted",
    perYear: 8,
    source: "assumed: each of two hosts once in three months",
    cost: { result: "host-reboot", failed: ["failedOnNew", "failedOnKept"] },
  },
];

/** Where it is read how long a machine is away under a healer; a balancer until it may take the address again. */
export const healedAfter = {
  balancer: { result: "repair-balancer", figure: "doneMs" },
  worker: { result: "repair", figure: "awayMs" },
} as const;
