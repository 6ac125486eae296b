import { join } from "node:path";
import { parseSite } from "../infra/config.ts";
import type { SiteConfig } from "../infra/configSchema.ts";
import { readConfig } from "./readConfig.ts";

/** Reads the site facts of a checkout without Pulumi. Rejects ConfigError if Pulumi.yaml does not hold a valid site. */
export async function readSite(checkout: string): Promise<SiteConfig> {
  const { "vigil:site": site } = await readConfig(join(checkout, "Pulumi.yaml"));
  return parseSite((site as { value?: unknown } | undefined)?.value);
}
