import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { v5 as uuidv5 } from "uuid";
import { checkoutDir, defaultCacheDir } from "../../host/hostEnvironment.ts";
import { hostFolders, stateDir } from "../../infra/paths.ts";
import { stopHealer } from "../../lab/healers.ts";
import { LabError } from "../../lab/labError.ts";
import { inHost, inHostAny } from "../../lab/machine.ts";
import { kernelParameters } from "../../stacks/kernelParameters.ts";
import type { Figures, Trial } from "../cases/case.ts";
import { guestShell, type Rig, startDomain, writeInHost } from "../rig.ts";
import { configureScript } from "./configureScript.ts";
import { splitOf } from "./figures.ts";
import { awaitAnswer, killAndAwait } from "./killAndAwait.ts";
import type { Victim } from "./victim.ts";

/** Names the machine, its pool and its volumes. */
const name = "tofu-vm";
const folder = join(stateDir, "tofu");
/** Where the provider lies that the product's plugin runs, in the folders that a mirror of OpenTofu has. */
const providers = join(defaultCacheDir, "pulumi-home", "dynamic_tf_plugins");
const machine = "libvirt_domain.machine";
const disk = "libvirt_volume.disk";

/**
 * A person sees at once that the machine is dead and has OpenTofu replace it. It is not the product's machine, which its
 * own state knows nothing of, but its equal, at its address and in its place: the product's is off meanwhile.
 */
export async function byTofu({ rig }: Trial, victim: Victim): Promise<Figures> {
  const { host, url } = victim;
  await stopHealer(rig.lab, host);
  await clear(rig, host);
  await inHost(rig.lab, host, ["virsh", "--quiet", "destroy", victim.domain]);
  try {
    await writeFiles(rig, victim);
    await tofu(rig, host, "init", `-plugin-dir=${providers}`);
    await tofu(rig, host, "apply", "-auto-approve");
    await awaitAnswer(rig, url);
    const replace = () => tofu(rig, host, "apply", "-auto-approve", `-replace=${machine}`, `-replace=${disk}`);
    const back = await killAndAwait(rig, { ...victim, domain: name }, replace);
    return { ...splitOf(back, back.killedMs), drifted: await hasDrifted(rig, host) };
  } finally {
    await clear(rig, host);
    await startDomain(rig, victim);
    await awaitAnswer(rig, url);
  }
}

/** What `main.tf` is given. */
export function tofuVariables({ plan, slot, address }: Pick<Victim, "plan" | "slot" | "address">) {
  const image = join(hostFolders.imageDir, slot.image);
  return {
    machine: {
      name,
      type: plan.accelerator === "kvm" ? "kvm" : "qemu",
      memory_mib: slot.memoryMib,
      vcpus: slot.vcpus,
      mac: slot.mac,
      bridge: plan.host.bridge,
      kernel: `${image}.vmlinux`,
      initrd: `${image}.initrd`,
      parameters: kernelParameters,
    },
    files: {
      pool: join(folder, "volumes"),
      image: `${image}.qcow2`,
      seed: join(hostFolders.poolDir, `${slot.slot}-seed.img`),
      domain_style: join(folder, "domain.xsl"),
      volume_style: join(checkoutDir, "components/privateVolume.xsl"),
      configure: slot.role === "worker" ? "" : join(folder, "configure.sh"),
    },
    guest: {
      script: join(checkoutDir, "bench/baseline/configureGuest.sh"),
      address,
      login: guestShell(address).join(" "),
    },
  };
}

async function writeFiles({ lab }: Rig, victim: Victim): Promise<void> {
  const { host, slot } = victim;
  const read = (path: string) => readFile(join(import.meta.dirname, "../..", path), "utf8");
  const style = (await read("components/alpineVm.xsl"))
    .replace("@UUID@", uuidv5(name, slot.uuid))
    .replace("@ROLE@", slot.role);
  await writeInHost(lab, host, join(folder, "main.tf"), await read("bench/baseline/tofu/main.tf"));
  await writeInHost(lab, host, join(folder, "terraform.tfvars.json"), JSON.stringify(tofuVariables(victim)));
  await writeInHost(lab, host, join(folder, "domain.xsl"), style);
  await writeInHost(lab, host, join(folder, "configure.sh"), configureScript(victim));
}

/** All hosts of a lab have the same programs. Rejects ERR_USAGE if OpenTofu is none of them. */
export async function requireTofu({ lab, hosts: [host = ""] }: Rig): Promise<void> {
  const { code } = await inHostAny(lab, host, ["sh", "-c", "command -v tofu"]);
  if (code === 0) return;
  const remedy = "run `toolchain/setup.sh --only tofu`, or leave it out by --methods.";
  throw new LabError("ERR_USAGE", `OpenTofu is not there: ${remedy}`);
}

function tofu({ lab }: Rig, host: string, command: string, ...args: readonly string[]): Promise<string> {
  const argv = ["tofu", `-chdir=${folder}`, command, "-input=false", "-no-color", ...args];
  return inHost(lab, host, argv, { env: offline });
}

/** It asks nobody for newer versions, and reads no settings of the person who runs it. */
const offline = { CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" };

/** By OpenTofu's own idea of it: what is there against what is declared. */
async function hasDrifted({ lab }: Rig, host: string): Promise<number> {
  const argv = ["tofu", `-chdir=${folder}`, "plan", "-input=false", "-no-color", "-detailed-exitcode"];
  const { code, stderr } = await inHostAny(lab, host, argv, { env: offline });
  if (code !== 0 && code !== 2) throw new Error(`tofu plan on ${host} exited with ${code}: ${stderr.trim()}`);
  return code === 0 ? 0 : 1;
}

/** Removes the machine and its volumes, also those that an interrupted run has left. */
async function clear({ lab }: Rig, host: string): Promise<void> {
  const removal = [
    `virsh destroy ${name}`,
    `virsh undefine ${name}`,
    `virsh pool-destroy ${name}`,
    `virsh pool-undefine ${name}`,
    `rm -rf ${folder}`,
  ];
  await inHost(lab, host, ["sh", "-c", `{ ${removal.join("; ")}; } 2>/dev/null`]);
}
