import { Random } from "../random.ts";

/** What can go wrong around a host: with the other hosts, with what is heard of them, and with the healer and its updates. */
const siteFaults = [
  /** A host's power is cut. */
  "power",
  /** Its healer is not heard, and its workers are. */
  "deaf",
  /** Its workers are not seen, and its healer is heard. */
  "cut",
  /** Its healer is told to end, and its workers serve on. */
  "planned",
  /** It is shut down in an orderly way, and nobody has drained it. */
  "reboot",
  /** A person has drained it, and it goes. */
  "drained",
  /** One of its own workers is not well. */
  "unwell",
  /** This host's own cable. */
  "isolated",
  "witness",
  "room",
  "balancer",
  "worker",
  /** A device that is none of the site's has the service's address, or two balancers have it. */
  "stranger",
  "second-holder",
  /** Somebody has changed a managed file in the balancer, which nobody repairs. */
  "edit-file",
  "engine-fails",
  "kill-healer",
  /** A person takes this host out of service, and back. */
  "drain-host",
  /** This host's wall clock is set, and back when it ends. */
  "set-clock",
] as const;

export type SiteFaultKind = (typeof siteFaults)[number];

export interface SiteFault {
  readonly kind: SiteFaultKind;
  /** The other host that it befalls. */
  readonly host: string;
  readonly atMs: number;
  readonly forMs: number;
}

export interface SiteScenario {
  readonly seed: number;
  readonly own: number;
  /** How many workers fit on this host. */
  readonly capacity: number;
  readonly others: Readonly<Record<string, number>>;
  readonly hasWitness: boolean;
  readonly faults: readonly SiteFault[];
  /** From then on nothing is wrong any more. */
  readonly quietMs: number;
}

export function drawSite(seed: number): SiteScenario {
  const random = new Random(seed);
  const own = random.between(1, 3);
  const hosts = ["aa", "mb", "zz"].filter((_, index) => index === 1 || random.chance(0.3));
  const others = Object.fromEntries(hosts.map((host) => [host, random.between(1, 3)]));
  const chaosMs = random.between(60_000, 300_000);
  const faults: SiteFault[] = [];
  for (let count = random.between(1, 6); count > 0; count--) {
    const kind = random.chance(0.4) ? "power" : random.pick(siteFaults);
    faults.push({ kind, host: random.pick(hosts), ...drawTimes(random, chaosMs) });
  }
  if (random.chance(0.3)) faults.push(...drawFlaps(random, random.pick(hosts)));
  const quietMs = Math.max(chaosMs, ...faults.map(({ atMs, forMs }) => atMs + forMs));
  const capacity = own + random.between(0, 5);
  return { seed, own, capacity, others, hasWitness: random.chance(0.5), faults, quietMs };
}

function drawTimes(random: Random, chaosMs: number): Pick<SiteFault, "atMs" | "forMs"> {
  return { atMs: random.between(5_000, chaosMs), forMs: random.between(1_000, 90_000) };
}

function drawFlaps(random: Random, host: string): SiteFault[] {
  const periodMs = random.between(20_000, 60_000);
  const forMs = random.between(5_000, periodMs);
  return Array.from({ length: 6 }, (_, flap) => ({ kind: "power", host, atMs: 10_000 + flap * periodMs, forMs }));
}
