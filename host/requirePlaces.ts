import { access } from "node:fs/promises";
import { join } from "node:path";
import { HostError } from "./hostError.ts";

/** Rejects HostError if a service could not run from this checkout and cache, which the person who installs it can. */
export async function requirePlaces(checkout: string, cacheDir: string): Promise<void> {
  for (const path of [checkout, cacheDir]) {
    if (/^(\/var)?\/tmp\//.test(path))
      throw new HostError(
        `a service has temporary folders of its own and does not see ${path}: move it, to /opt/vigil say.`,
      );
  }
  for (const program of ["node", "pulumi"]) {
    const path = join(cacheDir, "bin", program);
    await access(path).catch(() => {
      throw new HostError(
        `${path} is missing: run \`make setup\` in ${checkout}, or set VIGIL_CACHE to where it was run for.`,
      );
    });
  }
}
