/**
 * Configuration is parsed once, at the edge, from the flat map that the Pulumi engine hands to a program. Everything
 * that is wrong is reported in one go, before any resource is declared.
 */
import { checkSite, checkStack } from "./configChecks.ts";
import { ConfigError } from "./configError.ts";
import { type SiteConfig, type StackConfig, siteSchema, stackConfigSchema } from "./configSchema.ts";
import { project } from "./facts.ts";
import { freeze } from "./freeze.ts";
import { dotted, problemsOf } from "./problemsOf.ts";
import { checkSurvivalFacts, checkWorkerSize } from "./survivalChecks.ts";

export type { SiteConfig, StackConfig } from "./configSchema.ts";

const projectFile = "Pulumi.yaml";

/** Values that the engine passes as JSON text; the others are the text itself. */
const jsonKeys = new Set(["site", "workers", "worker", "balancer"]);

/**
 * Parses what `pulumi.runtime.allConfig()` returns. Throws ConfigError with every problem. Keys of other namespaces
 * belong to their providers and are left alone, except `libvirt:uri`, without which nothing here can run.
 */
export function parseConfig(all: Readonly<Record<string, string>>, stackName: string): StackConfig {
  const raw = decode(all);
  const stackFile = `Pulumi.${stackName}.yaml`;
  const parsed = stackConfigSchema.safeParse(raw);
  const problems = [
    ...problemsOf(parsed.error?.issues ?? [], raw, ([key]) => (key === "site" ? projectFile : stackFile), keyOf),
    ...checkSite(raw.site, projectFile, `${project}:site`),
    ...checkSurvivalFacts(raw.site, projectFile, `${project}:site`),
    ...checkStack(raw, stackName, stackFile, project),
    ...checkWorkerSize(raw, stackFile, project),
  ];
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return freeze(parsed.data);
}

/** Parses the value of `vigil:site` alone, for tools that read Pulumi.yaml themselves and have no stack. */
export function parseSite(value: unknown): SiteConfig {
  const key = `${project}:site`;
  const parsed = siteSchema.safeParse(value);
  const problems = [
    ...problemsOf(
      parsed.error?.issues ?? [],
      value,
      () => projectFile,
      (path) => [key, ...path].map(String).join("."),
    ),
    ...checkSite(value, projectFile, key),
    ...checkSurvivalFacts(value, projectFile, key),
  ];
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return freeze(parsed.data);
}

function decode(all: Readonly<Record<string, string>>): Record<string, unknown> {
  const own = Object.entries(all).filter(([key]) => key.startsWith(`${project}:`));
  const raw = Object.fromEntries(
    own.map(([qualified, text]) => {
      const key = qualified.slice(project.length + 1);
      return [key, jsonKeys.has(key) ? fromJson(text) : text];
    }),
  );
  return { ...raw, "libvirt:uri": all["libvirt:uri"] };
}

/** What is not JSON stays text, and the schema then says what to write in its place. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `vigil:site.hosts.bk.pool`; a key that is qualified already, `libvirt:uri`, stays as it is. */
function keyOf(path: readonly PropertyKey[]): string {
  return String(path[0]).includes(":") ? dotted(path) : `${project}:${dotted(path)}`;
}
