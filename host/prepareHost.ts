import { randomBytes } from "node:crypto";
import { mkdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostFolders, stateDir } from "../infra/paths.ts";
import { type Accelerator, detectAccelerator } from "./accelerator.ts";
import { checkNetwork } from "./checkNetwork.ts";
import { backendDir, hostEnvironment, passphrasePath, pulumiHome } from "./hostEnvironment.ts";
import { HostError } from "./hostError.ts";
import { importImage } from "./importImage.ts";
import { readConfig } from "./readConfig.ts";
import { readSite } from "./readSite.ts";
import { requireHost } from "./requireHost.ts";
import { run } from "./run.ts";

/** What the machine itself decides about its stack. */
interface MachineFacts {
  readonly image: string;
  readonly accelerator: Accelerator;
}

/**
 * Makes a machine a host of the site: its network is checked, its folders, passphrase and Pulumi home are made, the
 * golden image is imported, and its stack learns what the machine decides. Every step leaves alone what is right
 * already. Rejects HostError, before anything is changed, if the network is not what the site says.
 */
export async function prepareHost(
  checkout: string,
  host: string,
  cacheDir: string,
  say: (line: string) => void,
): Promise<void> {
  const site = await readSite(checkout);
  requireHost(site, host);
  if (process.getuid?.() !== 0) throw new HostError("preparing a host needs root: run it as root or with sudo.");
  await checkNetwork(site, host);
  await makeFolders();
  await makePassphrase();
  await linkPlugins(cacheDir);
  const { digest, isNew } = await importImage(cacheDir, hostFolders.imageDir);
  say(`image ${digest.slice(0, 12)} ${isNew ? "imported" : "is there"}`);
  const machine = { image: digest, accelerator: await detectAccelerator(cacheDir) };
  const changed = await configureStack(checkout, host, cacheDir, machine);
  say(`stack ${host} ${changed ? "set to" : "has"} this image and ${machine.accelerator}`);
}

async function makeFolders(): Promise<void> {
  for (const dir of [stateDir, hostFolders.imageDir, hostFolders.poolDir, backendDir, pulumiHome])
    await mkdir(dir, { recursive: true });
  // Seeds hold the guests' host keys, and keys are keys.
  for (const dir of [hostFolders.seedDir, join(stateDir, "keys")]) await mkdir(dir, { recursive: true, mode: 0o700 });
}

/** The passphrase encrypts the secrets of the state; whoever loses it loses the keys of the guests. */
async function makePassphrase(): Promise<void> {
  await writeFile(passphrasePath, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 }).catch(
    allowExisting,
  );
}

/** A host has a Pulumi home of its own, for its credentials and locks, with the plugins of the toolchain. */
async function linkPlugins(cacheDir: string): Promise<void> {
  for (const name of ["plugins", "dynamic_tf_plugins"]) {
    const link = join(pulumiHome, name);
    const target = join(cacheDir, "pulumi-home", name);
    if ((await readlink(link).catch(() => undefined)) === target) continue;
    await rm(link, { force: true });
    await symlink(target, link);
  }
}

function allowExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/** Resolves to false if the stack's file says all this already. */
async function configureStack(
  checkout: string,
  host: string,
  cacheDir: string,
  machine: MachineFacts,
): Promise<boolean> {
  const options = { cwd: checkout, env: { ...process.env, ...hostEnvironment(cacheDir) } };
  await run(["pulumi", "stack", "select", "--create", "--stack", host], options);
  const wanted = Object.entries({ "vigil:image": machine.image, "vigil:accelerator": machine.accelerator });
  const config = await readConfig(join(checkout, `Pulumi.${host}.yaml`));
  if (wanted.every(([key, value]) => config[key] === value)) return false;
  const settings = wanted.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
  await run(["pulumi", "config", "set-all", "--stack", host, ...settings], options);
  return true;
}
