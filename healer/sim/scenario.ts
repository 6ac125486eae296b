import { type Fault, hostFaults, lastingFaults, slotFaults } from "./faults.ts";
import { Random } from "./random.ts";
import type { LimitsName } from "./simLimits.ts";

export interface Scenario {
  readonly seed: number;
  readonly workers: number;
  readonly limits: LimitsName;
  readonly faults: readonly Fault[];
  /** From then on nothing new goes wrong, and all that was said to end has ended. */
  readonly quietMs: number;
}

export function slotsOf({ workers }: Pick<Scenario, "workers">): string[] {
  return ["lb-1", ...Array.from({ length: workers }, (_, index) => `web-${index + 1}`)];
}

export function drawScenario(seed: number): Scenario {
  const random = new Random(seed);
  const workers = random.between(1, 6);
  const limits = random.chance(0.9) ? "compressed" : random.pick(["kvm", "tcg"] as const);
  const slots = slotsOf({ workers });
  const chaosMs = random.between(15_000, 60_000);
  const faults: Fault[] = [];
  for (let count = random.between(1, 7); count > 0; count--) {
    faults.push(drawFault(random, slots, chaosMs));
  }
  if (random.chance(0.15)) faults.push(...drawTogether(random, slots, chaosMs));
  if (random.chance(0.06)) faults.push(...drawHopeless(random, slots, limits === "compressed"));
  if (random.chance(0.08)) faults.push({ ...drawLasting(random, slots), atMs: random.between(4_000, chaosMs) });
  faults.sort((one, other) => one.atMs - other.atMs);
  const ends = faults.map(({ atMs, forMs }) => (Number.isFinite(forMs) ? atMs + forMs : atMs));
  return { seed, workers, limits, faults, quietMs: Math.max(chaosMs, ...ends) };
}

function drawFault(random: Random, slots: readonly string[], chaosMs: number): Fault {
  const common = { atMs: random.between(0, chaosMs), forMs: random.between(300, 25_000), depth: drawDepth(random) };
  if (random.chance(0.35)) return { ...common, kind: random.pick(hostFaults) };
  return { ...common, kind: random.pick(slotFaults), slot: random.pick(slots) };
}

/** The same fault on several machines at nearly the same time: what the healer must tell from a fault of the host. */
function drawTogether(random: Random, slots: readonly string[], chaosMs: number): Fault[] {
  const kind = random.pick([
    "hang-guest",
    "cut-guest",
    "mute",
    "hang-service",
    "overload",
    "starve",
    "kill",
    "detach",
  ] as const);
  const atMs = random.between(4_000, chaosMs);
  const forMs = random.between(2_000, 25_000);
  return slots
    .filter(() => random.chance(0.7))
    .map((slot) => ({ kind, slot, forMs, depth: drawDepth(random), atMs: atMs + random.between(0, 4_000) }));
}

/** Nothing helps for long: what budgets, backoff and breaker are for. */
function drawHopeless(random: Random, slots: readonly string[], isShort: boolean): Fault[] {
  const forMs = isShort ? random.between(100_000, 300_000) : 60_000;
  const broken = slots.filter((_, index) => index === 0 || random.chance(0.5));
  const ills = broken.map((slot) => {
    return {
      kind: random.pick(["kill", "hang-guest", "destroy"] as const),
      slot,
      atMs: random.between(5_000, 60_000),
      forMs: 0,
      depth: 2,
    };
  });
  const common = { atMs: 4_000, forMs, depth: 2 };
  return [{ ...common, kind: "engine-fails" }, { ...common, kind: "operations-fail" }, ...ills];
}

function drawLasting(random: Random, slots: readonly string[]): Fault {
  const kind = random.pick(lastingFaults);
  const common = { atMs: 0, forMs: Number.POSITIVE_INFINITY, depth: 2 };
  return kind === "edit-file" ? { ...common, kind, slot: random.pick(slots) } : { ...common, kind };
}

function drawDepth(random: Random): number {
  return random.chance(0.6) ? 0 : random.between(1, 2);
}
