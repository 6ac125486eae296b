import type { SiteConfig } from "../infra/configSchema.ts";
import { HostError } from "./hostError.ts";

/** The facts of a host. Throws HostError if the site has no such host. */
export function requireHost({ name, hosts }: SiteConfig, host: string): SiteConfig["hosts"][string] {
  const facts = hosts[host];
  if (facts !== undefined) return facts;
  const known = Object.keys(hosts).join(", ");
  throw new HostError(`${host} is not a host of site ${name}, which has ${known}: correct the name or Pulumi.yaml.`);
}
