import { delimiter, join } from "node:path";
import { stateDir } from "../infra/paths.ts";

/** Where the product lies on a host. */
export const checkoutDir = "/opt/vigil";

export const defaultCacheDir = "/var/cache/vigil";

/** The toolchain's folder: Node, Pulumi with its plugins, the golden image. */
export function cacheDirOf(env: NodeJS.ProcessEnv): string {
  return env.VIGIL_CACHE || defaultCacheDir;
}

export const passphrasePath = join(stateDir, "passphrase");
export const pulumiHome = join(stateDir, "pulumi");
export const backendDir = join(stateDir, "state");

/**
 * What makes `pulumi` on a host act on that host's own state. A person and the healer use the same, so that there is one
 * lock and one history. Downloads are off: an update must not depend on what the internet offers at that moment.
 */
export function hostEnvironment(cacheDir: string): Record<string, string> {
  return {
    PATH: [join(cacheDir, "bin"), process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin"].join(delimiter),
    VIGIL_CACHE: cacheDir,
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: `file://${backendDir}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrasePath,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    NODE_COMPILE_CACHE: join(stateDir, "compile-cache"),
  };
}
