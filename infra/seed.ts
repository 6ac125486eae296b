/**
 * The NoCloud seed: what makes the one golden image into one particular slot. It holds identity alone (name, address,
 * keys, role) and is constant for a slot, so a rebuilt VM comes back as exactly the one that was lost. What may change
 * while a VM runs is provisioned over ssh instead.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SitePlan, SlotPlan } from "./plan.ts";
import type { SshKey } from "./sshKey.ts";

/** Ample for three small files, and FAT needs no more than this to be FAT. */
const seedKib = 1024;

export interface SeedFiles {
  readonly "meta-data": string;
  readonly "user-data": string;
  readonly "network-config": string;
}

export interface SeedKeys {
  /** Who may log in: only the public half enters the guest. */
  readonly login: Pick<SshKey, "publicKey">;
  /** The guest's own host key, so that nothing is generated at boot and the program can pin it. */
  readonly host: Pick<SshKey, "publicKey" | "privateKeyOpenssh">;
}

export function renderSeed(slot: SlotPlan, site: Pick<SitePlan, "name">, keys: SeedKeys): SeedFiles {
  const userData = renderUserData(slot, site, keys);
  const networkConfig = renderNetworkConfig(slot);
  // A guest applies a seed whose instance-id it has not seen, so the id must change whenever the content does.
  const instance = `${slot.hostname}-${digestOf([slot.hostname, userData, networkConfig]).slice(0, 16)}`;
  return {
    "meta-data": `instance-id: ${instance}\nlocal-hostname: ${slot.hostname}\n`,
    "user-data": userData,
    "network-config": networkConfig,
  };
}

function renderUserData(slot: SlotPlan, site: Pick<SitePlan, "name">, { login, host }: SeedKeys): string {
  const node = {
    version: 1,
    site: site.name,
    host: slot.host,
    slot: slot.slot,
    role: slot.role,
    address: slot.address,
    servicePort: slot.servicePort,
    heartbeatPort: slot.heartbeatPort,
  };
  return `#cloud-config
ssh_authorized_keys:
  - ${login.publicKey}
ssh_keys:
  ed25519_private: |
${host.privateKeyOpenssh.trimEnd().replaceAll(/^/gm, "    ")}
  ed25519_public: ${host.publicKey}
write_files:
${renderFile("/etc/vigil/role", `${slot.role}\n`)}
${renderFile("/etc/vigil/node.json", `${JSON.stringify(node)}\n`)}
`;
}

function renderFile(path: string, content: string): string {
  return `  - path: ${path}
    permissions: "0644"
    encoding: b64
    content: ${Buffer.from(content).toString("base64")}`;
}

function renderNetworkConfig(slot: SlotPlan): string {
  return `version: 1
config:
  - type: physical
    name: eth0
    mac_address: "${slot.mac}"
    subnets:
      - type: static
        address: ${slot.address}
        netmask: ${slot.netmask}
        gateway: ${slot.gateway}
`;
}

/**
 * Writes the seed as a FAT image labelled `CIDATA` and returns its path, `<sha256 of the files>.img`. Of the two file
 * systems that NoCloud allows, libvirt recognises ISO 9660 and would report a volume of it as "iso" where "raw" was
 * declared: a change in every preview. An image that is there is complete, since it was renamed into place, and is left
 * alone. The folder and the image hold a private key and are readable by their owner alone; the files reach mcopy as
 * files, never on its command line. Rejects if the folder cannot be written or a tool is missing or fails, and leaves
 * nothing behind.
 */
export async function writeSeedImage(dir: string, files: SeedFiles): Promise<string> {
  const entries = Object.entries(files);
  const path = join(dir, `${digestOf(entries.flat())}.img`);
  if (await exists(path)) return path;

  await mkdir(dir, { recursive: true, mode: 0o700 });
  // mkdtemp makes the folder with mode 0700, so nobody else can open the image before its own mode is set.
  const scratch = await mkdtemp(join(dir, ".making-"));
  try {
    await Promise.all(entries.map(([name, content]) => writeFile(join(scratch, name), content, { mode: 0o600 })));
    const image = join(scratch, "image");
    await makeFat(
      image,
      entries.map(([name]) => join(scratch, name)),
    );
    await chmod(image, 0o600);
    await sync(image);
    await rename(image, path);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return path;
}

async function makeFat(output: string, sources: readonly string[]): Promise<void> {
  await runTool("mkfs.vfat", ["-C", "-n", "CIDATA", output, String(seedKib)]);
  await runTool("mcopy", ["-i", output, ...sources, "::"]);
}

async function runTool(tool: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(tool, args).catch((error: NodeJS.ErrnoException & { stderr?: string }) => {
    const reason = error.code === "ENOENT" ? `${tool} is not installed: \`vigil host prepare\` says how` : error.stderr;
    throw new Error(`cannot make a seed image: ${reason?.trim() || error.message}`);
  });
}

/** A power cut must not leave an empty file under a name that promises its content. */
async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The texts are framed as JSON, so that moving a byte from one to the next gives another digest. */
function digestOf(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}
