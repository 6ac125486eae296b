/**
 * How much of its link each host carries, now and after the loss of each other one, if the service had so many addresses.
 *
 * An address is at one host at a time: its first, and when that is lost, its second. That is VRRP's own way to spread
 * load (RFC 9568, section 4.2): a virtual router per address, each with another order of priorities. All addresses are
 * taken to bring the same share of what comes in. What balancers and workers of different hosts say to each other goes
 * over the same links and is not counted; whoever states `inboundMbps` adds it.
 *
 * For H hosts and V addresses:
 * - now some host has at least ceil(V / H) of them, after a loss at least ceil(V / (H - 1)), as no fewer could hold them
 *   all. Both are reached, by the way of `spreadAddresses`: where the addresses of one host go does not bear on where
 *   those of another go, so after each loss they fill up whoever has least;
 * - all hosts carry the same, now and after any one loss, only if V is a multiple of H (H - 1): H for the first, and each
 *   host's V / H addresses go to H - 1 others. With H (H - 1) there is one for each ordered pair of hosts. So for 3 hosts
 *   with links of 1 Gb/s and 1.5 Gb/s that come in: with 6 addresses each carries 0.50 of its link, and 0.75 after a
 *   loss. With 3 one of the survivors gets both its own and the whole of the lost one's: 1.00.
 */
import type { SiteConfig } from "./configSchema.ts";

/** Where one address is, and where it goes from there. */
export interface AddressPlace {
  readonly first: string;
  /** Undefined in a site of one host. */
  readonly second: string | undefined;
}

export interface LinkLoads {
  readonly addresses: number;
  /** By host. 1 is a link that is full. */
  readonly now: Loads;
  /** By lost host, then by host. */
  readonly without: Readonly<Record<string, Loads>>;
}

export type Loads = Readonly<Record<string, number>>;

/**
 * The loads with the one address that a site has, and with as many as it would take to load all hosts alike. Undefined if
 * the site does not state what comes in.
 */
export function linkLoadsOf({ hosts, survival }: SiteConfig): LinkLoads[] | undefined {
  const inboundMbps = survival?.inboundMbps;
  if (inboundMbps === undefined) return undefined;
  const names = Object.keys(hosts).sort();
  const counts = [...new Set([1, evenAddresses(names.length)])];
  return counts.map((addresses) => {
    const share = (host: string, places: number) =>
      ((places / addresses) * inboundMbps) / (hosts[host]?.linkMbps ?? Number.NaN);
    const loads = (held: ReadonlyMap<string, number>) =>
      Object.fromEntries([...held].map(([host, places]) => [host, share(host, places)]));
    const places = spreadAddresses(names, addresses);
    const without = names.map((lost) => [lost, loads(heldBy(names, places, lost))] as const);
    return { addresses, now: loads(heldBy(names, places)), without: Object.fromEntries(without) };
  });
}

/** How many addresses it takes so that all hosts carry the same, now and after any one loss. */
export function evenAddresses(hosts: number): number {
  return Math.max(1, hosts * (hosts - 1));
}

/** As even as so many addresses can be, both now and after any one loss. */
export function spreadAddresses(hosts: readonly string[], count: number): AddressPlace[] {
  const firsts = Array.from({ length: count }, (_, index) => hosts[index % hosts.length] ?? "");
  const held = heldBy(
    hosts,
    firsts.map((first) => ({ first, second: undefined })),
  );
  const afterLossOf = new Map(hosts.map((lost) => [lost, new Map([...held].filter(([host]) => host !== lost))]));
  return firsts.map((first) => {
    const left = afterLossOf.get(first) ?? new Map<string, number>();
    const second = leastLoaded(left);
    if (second !== undefined) left.set(second, (left.get(second) ?? 0) + 1);
    return { first, second };
  });
}

/** How many addresses each host has; of those that are left, if one is lost. */
export function heldBy(hosts: readonly string[], places: readonly AddressPlace[], lost?: string): Map<string, number> {
  const held = new Map(hosts.filter((host) => host !== lost).map((host) => [host, 0]));
  for (const { first, second } of places) {
    const host = first === lost ? second : first;
    if (host !== undefined) held.set(host, (held.get(host) ?? 0) + 1);
  }
  return held;
}

/** The first of those that have least. */
function leastLoaded(held: ReadonlyMap<string, number>): string | undefined {
  const least = Math.min(...held.values());
  return [...held].find(([, places]) => places === least)?.[0];
}
