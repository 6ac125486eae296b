import { createHash } from "node:crypto";
import type { StackConfig } from "../../infra/configSchema.ts";

/** Of the deployed site facts what healers need to find each other. */
export interface PeersPlan {
  readonly address: string;
  /** The other hosts, each with its address. */
  readonly peers: Readonly<Record<string, string>>;
  /** The same on two hosts if they were deployed with the same facts. */
  readonly site: string;
}

export function peersPlanOf({ host, site }: Pick<StackConfig, "host" | "site">): PeersPlan {
  const hosts = Object.entries(site.hosts).sort(([one], [other]) => (one < other ? -1 : 1));
  const others = hosts.filter(([name]) => name !== host).map(([name, { address }]) => [name, address] as const);
  const { name, subnet, vip, witness = null, survival, acceptLossOf, requestsAtOnce } = site;
  const asked = [survival, acceptLossOf, requestsAtOnce].filter((facts) => facts !== undefined);
  const facts = JSON.stringify([name, subnet, vip, witness, hosts.map(factsOf), ...asked]);
  return {
    address: site.hosts[host]?.address ?? "",
    peers: Object.fromEntries(others),
    site: createHash("sha256").update(facts).digest("hex").slice(0, 12),
  };
}

/** In an order that does not depend on the file's. What a site does not state is no part of its digest. */
function factsOf([name, { address, uplink, pool, ...promises }]: [string, StackConfig["site"]["hosts"][string]]) {
  return [name, address, uplink, pool, ...(Object.keys(promises).length === 0 ? [] : [promises])];
}
