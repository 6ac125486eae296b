import { Random } from "../random.ts";

/** What can happen to the wires between the balancers, the workers and the witness of a site. */
const wireFaults = [
  /** A host's cable: nothing in, nothing out. */
  "cut",
  /** It hears nothing, and is heard. */
  "deaf",
  /** It is heard by nobody, and hears. */
  "mute",
  /** What joins the two switches of a site. */
  "trunk",
  /** The witness does not answer. */
  "witness",
  /** A host's power. */
  "power",
  /** Its workers answer no check. */
  "workers",
  /** The agent of its balancer starts anew. */
  "agent",
] as const;

export type WireFaultKind = (typeof wireFaults)[number];

export interface WireFault {
  readonly kind: WireFaultKind;
  /** Which balancer's host, from 0 on, where it befalls one. */
  readonly host: number;
  readonly atMs: number;
  readonly forMs: number;
}

export interface SegmentScenario {
  readonly seed: number;
  /** By host: the priority of its balancer, and on which of the two switches it is. */
  readonly hosts: readonly { readonly priority: number; readonly isBeyond: boolean }[];
  readonly hasWitness: boolean;
  readonly faults: readonly WireFault[];
}

/** Most faults come after the site has come to rest; the witness is on the first switch. */
const restMs = 4_000;
const chaosMs = 40_000;

export function drawSegment(seed: number): SegmentScenario {
  const random = new Random(seed ^ 0x3c6ef372);
  const hosts = Array.from({ length: random.between(2, 4) }, (_, index) => {
    return { priority: 200 - 50 * index, isBeyond: random.chance(0.4) };
  });
  const faults = Array.from({ length: random.between(1, 6) }, () => {
    const atMs = random.chance(0.1) ? 0 : restMs + random.between(0, chaosMs);
    const forMs = random.chance(0.3) ? random.between(50, 2_000) : random.between(2_000, 20_000);
    return { kind: random.pick(wireFaults), host: random.between(0, hosts.length - 1), atMs, forMs };
  });
  faults.sort((one, other) => one.atMs - other.atMs);
  return { seed, hosts, hasWitness: random.chance(0.7), faults };
}
