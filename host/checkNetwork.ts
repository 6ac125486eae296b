import type { SiteConfig } from "../infra/configSchema.ts";
import { bridge } from "../infra/facts.ts";
import { HostError } from "./hostError.ts";
import { runAny } from "./run.ts";

interface Link {
  readonly ifname: string;
  readonly master?: string;
  readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number }[];
}

/**
 * Checks that the host's bridge carries the host's address over the host's uplink. The bridge is never made here: it
 * would carry the very connection over which somebody runs this. Rejects HostError that says what is wrong and how a
 * persistent bridge is written down.
 */
export async function checkNetwork(site: SiteConfig, host: string): Promise<void> {
  const facts = site.hosts[host];
  if (facts === undefined) throw new Error(`host ${host} is not in the site`);
  const shown = await runAny(["ip", "-json", "address", "show"]);
  if (shown.code !== 0)
    throw new HostError(`\`ip\` cannot list the interfaces of this machine: ${shown.stderr.trim()}`);
  const links = JSON.parse(shown.stdout) as Link[];
  const problem = networkProblem(links, { ...facts, prefixLength: Number(site.subnet.split("/")[1]) });
  if (problem !== undefined) throw new HostError(`${problem}\n${remedy(site, host)}`);
}

/** What is wrong with a host's network, in one sentence; undefined if nothing is. */
export function networkProblem(
  links: readonly Link[],
  wanted: { readonly address: string; readonly prefixLength: number; readonly uplink: string },
): string | undefined {
  const bridgeLink = links.find((link) => link.ifname === bridge);
  if (bridgeLink === undefined) return `this machine has no bridge ${bridge}.`;
  const address = `${wanted.address}/${wanted.prefixLength}`;
  const found = (bridgeLink.addr_info ?? []).map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  if (!found.includes(address)) return `${bridge} should have ${address} and has ${found.join(", ") || "no address"}.`;
  const uplink = links.find((link) => link.ifname === wanted.uplink);
  if (uplink === undefined) return `this machine has no interface ${wanted.uplink}.`;
  if (uplink.master !== bridge) return `interface ${wanted.uplink} is not a port of ${bridge}.`;
  return undefined;
}

function remedy(site: SiteConfig, host: string): string {
  const facts = site.hosts[host];
  return `Correct the site facts in Pulumi.yaml, or give the machine this bridge, for example in /etc/network/interfaces
(package bridge-utils), then \`ifup ${bridge}\`:

  auto ${bridge}
  iface ${bridge} inet static
      address ${facts?.address}/${site.subnet.split("/")[1]}
      bridge_ports ${facts?.uplink}
      bridge_stp off
      bridge_fd 0`;
}
