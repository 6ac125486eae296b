import type { Scenario } from "./scenario.ts";

export interface Incident {
  readonly name: string;
  readonly scenario: Scenario;
}

const returnLast: readonly Incident[] = [1542, 1, 2, 3, 4, 5, 6, 7].map((seed) => ({
  name: `the last to return after all workers were silent is taken for broken (${seed})`,
  scenario: {
    seed,
    workers: 5,
    limits: "compressed",
    quietMs: 40_000,
    faults: [
      { kind: "cut-workers", atMs: 13_600, forMs: 23_407, depth: 0 },
      { kind: "stop-agent", slot: "web-2", atMs: 24_900, forMs: 3_238, depth: 0 },
    ],
  },
}));

/** What once went wrong, kept word for word: drawn faults may not bring it about again for thousands of runs. */
export const incidents: readonly Incident[] = [
  ...returnLast,
  {
    name: "what is left after a repair that helped is repaired as what was there before",
    scenario: {
      seed: 1,
      workers: 4,
      limits: "compressed",
      quietMs: 30_000,
      faults: [
        { kind: "empty-bridge", atMs: 18_900, forMs: 3_731, depth: 0 },
        { kind: "fill-guest", slot: "lb-1", atMs: 18_900, forMs: 1_964, depth: 0 },
      ],
    },
  },
  {
    name: "a machine that nobody could ask is taken for unreachable",
    scenario: {
      seed: 3,
      workers: 2,
      limits: "compressed",
      quietMs: 40_000,
      faults: [
        { kind: "probes-lost", atMs: 14_000, forMs: 20_000, depth: 0 },
        { kind: "hang-guest", slot: "web-1", atMs: 15_000, forMs: 0, depth: 0 },
      ],
    },
  },
  {
    name: "a pause is forgotten by a healer that is started anew",
    scenario: {
      seed: 4,
      workers: 2,
      limits: "compressed",
      quietMs: 40_000,
      faults: [
        { kind: "pause", atMs: 10_000, forMs: 25_000, depth: 0 },
        { kind: "kill-healer", atMs: 12_000, forMs: 1_000, depth: 0 },
        { kind: "destroy", slot: "web-1", atMs: 20_000, forMs: 0, depth: 0 },
      ],
    },
  },
  {
    name: "the pause of one machine is forgotten, or taken for that of another",
    scenario: {
      seed: 4,
      workers: 2,
      limits: "compressed",
      quietMs: 40_000,
      faults: [
        { kind: "pause", slot: "web-1", atMs: 10_000, forMs: 25_000, depth: 0 },
        { kind: "kill-healer", atMs: 12_000, forMs: 1_000, depth: 0 },
        { kind: "destroy", slot: "web-1", atMs: 20_000, forMs: 0, depth: 0 },
        { kind: "destroy", slot: "web-2", atMs: 20_000, forMs: 0, depth: 0 },
      ],
    },
  },
  {
    name: "a machine that became well by itself is still said to be held up by a lock",
    scenario: {
      seed: 2,
      workers: 2,
      limits: "compressed",
      quietMs: 60_000,
      faults: [
        { kind: "lock", atMs: 15_000, forMs: 45_000, depth: 0 },
        { kind: "mute", slot: "web-1", atMs: 15_500, forMs: 23_000, depth: 0 },
      ],
    },
  },
  {
    name: "a service that dies again after each repair gets the same repair for ever",
    scenario: {
      seed: 5,
      workers: 2,
      limits: "compressed",
      quietMs: 20_000,
      faults: [{ kind: "crash-service", slot: "web-1", atMs: 14_000, forMs: 0, depth: 2 }],
    },
  },
  {
    name: "what was tried is forgotten by a healer that is started anew",
    scenario: {
      seed: 6,
      workers: 2,
      limits: "compressed",
      quietMs: 90_000,
      faults: [
        { kind: "crash-service", slot: "web-1", atMs: 14_000, forMs: 0, depth: 2 },
        ...[26_000, 40_000, 60_000].map((atMs) => ({ kind: "kill-healer" as const, atMs, forMs: 500, depth: 0 })),
      ],
    },
  },
  {
    name: "failures in a row are forgotten by a healer that is started anew",
    scenario: {
      seed: 7,
      workers: 3,
      limits: "compressed",
      quietMs: 120_000,
      faults: [
        { kind: "engine-fails", atMs: 10_000, forMs: 100_000, depth: 2 },
        { kind: "undefine", slot: "web-1", atMs: 14_000, forMs: 0, depth: 0 },
        ...[20_000, 33_000].map((atMs) => ({ kind: "kill-healer" as const, atMs, forMs: 500, depth: 0 })),
      ],
    },
  },
  {
    name: "a machine that has answered ping first is taken for hung",
    scenario: {
      seed: 1594,
      workers: 1,
      limits: "compressed",
      quietMs: 60_000,
      faults: [
        { kind: "probes-lost", atMs: 2_300, forMs: 24_213, depth: 0 },
        { kind: "stop-agent", slot: "lb-1", atMs: 3_400, forMs: 24_771, depth: 0 },
      ],
    },
  },
  {
    name: "a machine that reboots by itself is reset while it boots",
    scenario: {
      seed: 8,
      workers: 2,
      limits: "kvm",
      quietMs: 30_000,
      faults: [{ kind: "reboot", slot: "web-1", atMs: 14_000, forMs: 0, depth: 0 }],
    },
  },
  {
    name: "an agent that starts anew again and again is taken for a machine that does so",
    scenario: {
      seed: 11,
      workers: 2,
      limits: "compressed",
      quietMs: 50_000,
      faults: [14_000, 20_000, 26_000, 32_000, 38_000].map((atMs) => {
        return { kind: "restart-agent", slot: "web-1", atMs, forMs: 0, depth: 0 };
      }),
    },
  },
  {
    name: "a machine that became well while its repair waited is made anew",
    scenario: {
      seed: 10,
      workers: 3,
      limits: "kvm",
      quietMs: 30_000,
      faults: [
        { kind: "engine-slow", atMs: 13_000, forMs: 100_000, depth: 0 },
        { kind: "mute", slot: "web-1", atMs: 14_000, forMs: 42_000, depth: 0 },
      ],
    },
  },
  {
    name: "a machine that reboots for ever is waited for for ever",
    scenario: {
      seed: 9,
      workers: 3,
      limits: "compressed",
      quietMs: 20_000,
      faults: [{ kind: "reboot-loop", slot: "web-1", atMs: 14_000, forMs: 0, depth: 2 }],
    },
  },
];
