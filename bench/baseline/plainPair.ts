/**
 * The baseline: a pair of balancers by hand, from the same image, on the same hosts, before the same workers, with
 * nothing of the product in it: a static nginx and a keepalived that watches it. It is made with plain
 * virsh and removed after the measurement.
 */
import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { planStack } from "../../infra/plan.ts";
import { renderSeed, type SeedFiles, writeSeedImage } from "../../infra/seed.ts";
import { type SshKey, sshKeyFromSeed } from "../../infra/sshKey.ts";
import { inHost } from "../../lab/machine.ts";
import { pathOnHost } from "../../lab/virtualHost.ts";
import type { StackOutputs } from "../../stacks/outputs.ts";
import { knownHostsPath, type Machine, type Pair, type Rig } from "../rig.ts";
import { plainDomain } from "./plainDomain.ts";

const domain = "plain-lb";
const folder = "/var/lib/vigil/plain";

/**
 * `tuned` has the product's timers and a careful nginx; it is what the product must not be worse than. `defaults` is
 * what tutorials show. Each is a folder of configurations, with the same addresses as here.
 */
export type Plain = "tuned" | "defaults";

const advertMs = { tuned: 100, defaults: 1000 };

const vip = "192.168.10.121";
const balancers: readonly Machine[] = [
  { host: "bk", domain, address: "192.168.10.41", mac: "52:54:00:a8:0a:29" },
  { host: "mb", domain, address: "192.168.10.42", mac: "52:54:00:a8:0a:2a" },
];

/** Resolves once the domains run, which is before their guests have booted. */
export async function createPlainPair(rig: Rig, plain: Plain): Promise<Pair> {
  await removePlainPair(rig);
  await Promise.all(balancers.map((balancer) => createBalancer(rig, balancer, plain)));
  return { name: plain, vip, vrid: 61, advertMs: advertMs[plain], balancers };
}

/** Also removes what an interrupted run has left. */
export async function removePlainPair(rig: Rig): Promise<void> {
  for (const { host } of balancers) {
    await inShell(rig, host, `virsh destroy ${domain}; virsh undefine ${domain}; rm -rf ${folder}; true`);
    await inShell(rig, host, `[ ! -f ${knownHostsPath} ] || sed -i '/ ${domain}$/d' ${knownHostsPath}`);
  }
}

async function createBalancer(rig: Rig, balancer: Machine, plain: Plain): Promise<void> {
  const { host } = balancer;
  const outputs = rig.outputs.get(host);
  if (outputs === undefined) throw new Error(`the lab has no host ${host}: the baseline is written for bk and mb`);
  const hostKey = sshKeyFromSeed(randomBytes(32), domain);
  const seed = await createSeed(rig, balancer, await renderPlainSeed(balancer, outputs, hostKey, plain));
  await inShell(rig, host, `echo "${balancer.address} ${hostKey.publicKey}" >>${knownHostsPath}`);

  const base = `/var/lib/vigil/images/${outputs.applied.config.image}.qcow2`;
  const disk = `${folder}/disk.qcow2`;
  await inShell(rig, host, `qemu-img create -q -f qcow2 -F qcow2 -b ${base} ${disk}`);
  const template = await inShell(rig, host, "virsh dumpxml --inactive lb-1");
  const xml = plainDomain(template, { name: domain, mac: balancer.mac, disks: [disk, `${folder}/${seed}`] });
  await inShell(
    rig,
    host,
    `cat >${folder}/domain.xml && virsh define ${folder}/domain.xml && virsh start ${domain}`,
    xml,
  );
}

/** Resolves to the name of the seed's image in the folder. */
async function createSeed(rig: Rig, balancer: Machine, files: SeedFiles): Promise<string> {
  const outside = await pathOnHost(rig.lab, balancer.host, folder);
  await rm(outside, { recursive: true, force: true });
  const image = await writeSeedImage(outside, files);
  return image.slice(outside.length + 1);
}

/** The seed of the product's balancer under another name and address, and with its whole configuration in it. */
async function renderPlainSeed(
  { host, address, mac }: Machine,
  outputs: StackOutputs,
  hostKey: SshKey,
  plain: Plain,
): Promise<SeedFiles> {
  const { applied, loginPublicKey } = outputs;
  const { site, slots } = planStack(applied.config, applied.desired);
  const model = slots.find(({ role }) => role === "balancer");
  if (model === undefined) throw new Error(`the plan of ${host} has no balancer that the plain one could be like`);
  const slot = { ...model, slot: domain, id: `${host}/${domain}`, hostname: `${host}-${domain}`, address, mac };
  const seed = renderSeed(slot, site, { login: { publicKey: loginPublicKey }, host: hostKey });

  const read = (name: string) => readFile(join(import.meta.dirname, plain, name), "utf8");
  const files = {
    "/etc/nginx/nginx.conf": await read("nginx.conf"),
    "/etc/keepalived/keepalived.conf": await read(`keepalived.${host}.conf`),
    // The image starts an agent in every balancer. A plain pair has none, so here it is a process that does nothing.
    "/usr/lib/vigil/agent.cjs": "setInterval(() => {}, 2 ** 30);\n",
  };
  // The user-data ends with the list of files to write.
  return { ...seed, "user-data": `${seed["user-data"]}${Object.entries(files).map(renderFile).join("")}` };
}

function renderFile([path, content]: [string, string]): string {
  return `  - path: ${path}
    permissions: "0644"
    encoding: b64
    content: ${Buffer.from(content).toString("base64")}
`;
}

function inShell({ lab }: Rig, host: string, script: string, input = ""): Promise<string> {
  return inHost(lab, host, ["sh", "-c", script], { input, timeoutMs: 60_000 });
}
