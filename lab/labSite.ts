import { formatAddress, parseAddress, parseRange, parseSubnet, rangeContains } from "../infra/address.ts";
import type { SiteConfig } from "../infra/configSchema.ts";
import { LabError } from "./labError.ts";

/** What the lab needs to know of the site: who is on the wire, and under which address. */
export interface LabSite {
  readonly name: string;
  readonly prefixLength: number;
  readonly vip: string;
  readonly hosts: readonly LabHost[];
  /** A machine outside all hosts that sends the requests of the tests. */
  readonly clientAddress: string;
  readonly witnessAddress?: string;
}

export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly uplink: string;
}

/** The machines that the lab adds to the site's hosts. */
export const labMachines = ["switch", "client", "witness"] as const;

/** The lab's view of a site. Throws ERR_USAGE if a host has a name that the lab cannot give to a switch port. */
export function labSiteOf(site: SiteConfig): LabSite {
  const hosts = Object.entries(site.hosts)
    .map(([name, { address, uplink }]) => ({ name, address, uplink }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const { name } of hosts) checkHostName(name);
  return {
    name: site.name,
    prefixLength: Number(site.subnet.split("/")[1]),
    vip: site.vip,
    hosts,
    clientAddress: freeAddress(site),
    ...(site.witness === undefined ? {} : { witnessAddress: site.witness }),
  };
}

function checkHostName(name: string): void {
  if (labMachines.some((machine) => machine === name)) {
    throw new LabError(
      "ERR_USAGE",
      `a host cannot be called ${name} in a lab, which has a machine of that name itself.`,
    );
  }
  if (name.length > 15) {
    throw new LabError(
      "ERR_USAGE",
      `host ${name} has a name of more than 15 characters, too long for a port of the lab's switch.`,
    );
  }
}

/** The highest address at or below .250 that the site itself does not use; in a smaller subnet, likewise from the top. */
function freeAddress(site: SiteConfig): string {
  const subnet = parseSubnet(site.subnet);
  if (subnet === undefined)
    throw new LabError("ERR_USAGE", `${site.subnet} is not a subnet: correct vigil:site.subnet.`);
  const single = [site.vip, site.witness, ...Object.values(site.hosts).map((host) => host.address)];
  const pools = Object.values(site.hosts).map((host) => parseRange(host.pool));
  for (let address = subnet.broadcast - 5; address > subnet.network; address--) {
    const inPool = pools.some((pool) => pool !== undefined && rangeContains(pool, address));
    if (!inPool && single.every((used) => used === undefined || parseAddress(used) !== address))
      return formatAddress(address);
  }
  throw new LabError(
    "ERR_USAGE",
    `${site.subnet} has no address left for the lab's client: widen it or shrink a pool.`,
  );
}
