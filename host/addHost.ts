import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { parseConfig, parseSite } from "../infra/config.ts";
import { ConfigError, describe } from "../infra/configError.ts";
import type { SiteConfig } from "../infra/configSchema.ts";
import { replaceFile } from "../infra/replaceFile.ts";
import { flatten } from "./readPlan.ts";
import { readSite } from "./readSite.ts";

export interface NewHost {
  readonly name: string;
  readonly address: string;
  readonly uplink: string;
  readonly pool: string;
  readonly workers: number;
  /** What a site that states `survival` has to know of each host. */
  readonly room?: Readonly<Record<string, number | undefined>>;
  readonly linkMbps?: number;
}

const projectFile = "Pulumi.yaml";
const hostsPath = ["config", "vigil:site", "value", "hosts"];
const usualSize = { memoryMib: 256, vcpus: 1 };

/** Stand for the two facts of the machine that only `vigil host prepare` can know. */
const unprepared = { "vigil:accelerator": "kvm", "vigil:image": "0".repeat(64) };

/**
 * Writes a further host into the site facts, with all that stands there left as it is, and a stack file for it. Rejects
 * ConfigError, before anything is written, with all that the site or its stack would have wrong. Safe to repeat if it was
 * cut short: the site facts are written last.
 */
export async function addHost(checkout: string, host: NewHost): Promise<void> {
  const site = await readSite(checkout);
  const facts = factsOf(host, site);
  const existing = Object.entries(site.hosts).find(([name]) => name === host.name)?.[1];
  if (existing !== undefined) throw refusal(projectFile, `vigil:site.hosts.${host.name}`, describe(existing));

  const larger = parseSite({ ...site, hosts: { ...site.hosts, [host.name]: facts } });
  const stackText = renderStack(host, site);
  const stack = (parse(stackText) as { config: Record<string, unknown> }).config;
  parseConfig(flatten({ ...stack, ...unprepared, "vigil:site": larger }), host.name);

  const stackFile = `Pulumi.${host.name}.yaml`;
  const found = await readFile(join(checkout, stackFile), "utf8").catch(allowMissing);
  if (found !== undefined && found !== stackText) throw refusal(stackFile, "(the whole file)", describe(found));

  const project = parseDocument(await readFile(join(checkout, projectFile), "utf8"));
  project.setIn([...hostsPath, host.name], project.createNode(facts));
  await replaceFile(join(checkout, stackFile), stackText);
  await replaceFile(join(checkout, projectFile), project.toString({ lineWidth: 0, flowCollectionPadding: false }));
}

/** The number of workers is a promise to the other hosts: it is made where something is asked for. */
function factsOf({ address, uplink, pool, workers, room, linkMbps }: NewHost, { survival }: SiteConfig): object {
  return {
    address,
    uplink,
    pool,
    ...(survival === undefined ? {} : { workers }),
    ...(room === undefined ? {} : { room }),
    ...(linkMbps === undefined ? {} : { linkMbps }),
  };
}

function renderStack({ name, workers }: NewHost, { survival }: SiteConfig): string {
  const { memoryMib, vcpus } = survival?.worker ?? usualSize;
  return `config:
  # vigil:accelerator and vigil:image are facts of the machine; \`vigil host prepare ${name}\` adds them.
  libvirt:uri: qemu:///system
  vigil:host: ${name}
  vigil:workers: ${workers}
  vigil:worker: { memoryMib: ${memoryMib}, vcpus: ${vcpus} }
  vigil:balancer: { memoryMib: ${usualSize.memoryMib}, vcpus: ${usualSize.vcpus} }
`;
}

function refusal(file: string, key: string, found: string): ConfigError {
  return new ConfigError([
    { file, key, found, remedy: "choose another name, or change by hand what is there already" },
  ]);
}

function allowMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
