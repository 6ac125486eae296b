import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { parseSite } from "../infra/config.ts";
import type { SiteConfig } from "../infra/configSchema.ts";

/** Reads the site facts of a checkout without Pulumi. Rejects ConfigError if Pulumi.yaml does not hold a valid site. */
export async function readSite(checkout: string): Promise<SiteConfig> {
  const project: unknown = parse(await readFile(join(checkout, "Pulumi.yaml"), "utf8"));
  return parseSite(
    (project as { config?: { "vigil:site"?: { value?: unknown } } } | null)?.config?.["vigil:site"]?.value,
  );
}
