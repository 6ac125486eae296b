/**
 * The rules that relate several configuration values. They read the raw values and skip what is not readable, which
 * the schema reports by itself: so a typo in one pool does not hide that two others overlap.
 */
import {
  type AddressRange,
  formatAddress,
  isHostAddress,
  parseAddress,
  parseRange,
  parseSubnet,
  rangeContains,
  rangesOverlap,
} from "./address.ts";
import { describe, type Problem } from "./configError.ts";

/** A readable address or pool of the site, with the key it stands at and the words that name it to a person. */
interface Located<T> {
  readonly key: string;
  readonly label: string;
  readonly value: T;
}

export function checkSite(raw: unknown, file: string, prefix: string): Problem[] {
  const site = record(raw);
  const hosts = Object.entries(record(site.hosts)).map(([name, host]) => [name, record(host)] as const);
  const addresses = [
    ...hosts.flatMap(([name, host]) =>
      located(`${prefix}.hosts.${name}.address`, `the address of host ${name}`, parseAddress(host.address)),
    ),
    ...located(`${prefix}.vip`, "the virtual address", parseAddress(site.vip)),
    ...located(`${prefix}.witness`, "the witness", parseAddress(site.witness)),
  ];
  const pools = hosts.flatMap(([name, host]) =>
    located(`${prefix}.hosts.${name}.pool`, `the pool of ${name}`, parseRange(host.pool)),
  );

  const problems: Omit<Problem, "file">[] = [
    ...checkInsideSubnet(site.subnet, addresses, pools),
    ...checkDistinctAddresses(addresses),
    ...checkOverlappingPools(pools),
    ...checkAddressesInPools(addresses, pools),
  ];
  return problems.map((problem) => ({ file, ...problem }));
}

/** The rules of one stack: its name, its host, and whether its workers and its balancer fit into the host's pool. */
export function checkStack(raw: Record<string, unknown>, stack: string, file: string, project: string): Problem[] {
  const { host, workers } = raw;
  const hosts = record(record(raw.site).hosts);
  const problems: Problem[] = [];
  if (typeof host === "string" && host !== stack) {
    const remedy = `write ${stack}: a stack has the name of its host, so that no two stacks claim one machine`;
    problems.push({ file, key: `${project}:host`, found: describe(host), remedy });
  }
  if (typeof host !== "string" || Object.keys(hosts).length === 0) return problems;
  if (!Object.hasOwn(hosts, host)) {
    const remedy = `name a host of the site (${Object.keys(hosts).join(", ")}), or add ${host} to vigil:site.hosts in Pulumi.yaml`;
    problems.push({ file, key: `${project}:host`, found: describe(host), remedy });
    return problems;
  }
  const pool = parseRange(record(hosts[host]).pool);
  if (pool !== undefined && typeof workers === "number" && workers + 1 > pool.size) {
    const remedy = `ask for at most ${pool.size - 1}, what the pool of ${host} (${show(pool)}) holds besides its balancer, or widen that pool`;
    problems.push({ file, key: `${project}:workers`, found: describe(workers), remedy });
  }
  return problems;
}

function checkInsideSubnet(cidr: unknown, addresses: Located<number>[], pools: Located<AddressRange>[]) {
  const subnet = parseSubnet(cidr);
  if (subnet === undefined) return [];
  const bounds = `${formatAddress(subnet.network + 1)} to ${formatAddress(subnet.broadcast - 1)}`;
  const remedy = `stay within ${bounds}, what subnet ${cidr} has for machines`;
  const outside = addresses.filter(({ value }) => !isHostAddress(subnet, value));
  const outsidePools = pools.filter(
    ({ value }) => ![value.first, value.last].every((end) => isHostAddress(subnet, end)),
  );
  return [
    ...outside.map(({ key, value }) => ({ key, found: describe(formatAddress(value)), remedy })),
    ...outsidePools.map(({ key, value }) => ({ key, found: describe(show(value)), remedy })),
  ];
}

function checkDistinctAddresses(addresses: Located<number>[]) {
  return addresses.flatMap(({ key, value }, index) => {
    const earlier = addresses.slice(0, index).find((other) => other.value === value);
    if (earlier === undefined) return [];
    return [
      { key, found: describe(formatAddress(value)), remedy: `choose another address: this one is ${earlier.label}` },
    ];
  });
}

function checkOverlappingPools(pools: Located<AddressRange>[]) {
  return pools.flatMap(({ key, value }, index) =>
    pools
      .slice(0, index)
      .filter((earlier) => rangesOverlap(earlier.value, value))
      .map((earlier) => ({
        key,
        found: describe(show(value)),
        remedy: `choose a range of its own: this one overlaps ${earlier.label}, ${show(earlier.value)}`,
      })),
  );
}

function checkAddressesInPools(addresses: Located<number>[], pools: Located<AddressRange>[]) {
  return addresses.flatMap(({ key, value }) =>
    pools
      .filter((pool) => rangeContains(pool.value, value))
      .map((pool) => ({
        key,
        found: describe(formatAddress(value)),
        remedy: `choose an address outside ${pool.label}, ${show(pool.value)}, or that VM would answer in its place`,
      })),
  );
}

function located<T>(key: string, label: string, value: T | undefined): Located<T>[] {
  return value === undefined ? [] : [{ key, label, value }];
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function show(range: AddressRange): string {
  return `${formatAddress(range.first)}-${formatAddress(range.last)}`;
}
