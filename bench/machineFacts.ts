import { readFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { run } from "../host/run.ts";
import { hostFolders } from "../infra/paths.ts";
import { pathOnHost } from "../lab/virtualHost.ts";
import { cpuWorkMs } from "./cpuWork.ts";
import type { Rig } from "./rig.ts";

/** What a figure depends on that needs no guests. */
export interface HostFacts {
  readonly cores: number;
  /** Of the minute before the measurement: whether anything else was going on. */
  readonly loadAverage: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
  readonly commit: string;
  readonly work: Work;
}

/**
 * How fast the machine was, by `cpuWorkMs`: a processor that other machines share is not always as fast. Two results whose
 * times here differ by more than a tenth or so were measured on what is not the same machine.
 */
export interface Work {
  /** Before the first run. */
  readonly beforeMs: number;
  /** After the last one. */
  readonly afterMs?: number | undefined;
  /** Meanwhile: of the processors' time that was wanted, the share that other machines had. */
  readonly stolenShare?: number | undefined;
}

/** What a figure depends on. A figure of an emulated guest never stands beside one of a real one without saying so. */
export interface MachineFacts extends HostFacts {
  readonly accelerator: string;
  readonly qemu: string;
  readonly image: string;
  readonly guest: Readonly<Record<string, string>>;
}

const guestPackages = new Set(["keepalived", "nginx", "nodejs"]);

export async function hostFacts(): Promise<HostFacts> {
  const [processor] = cpus();
  return {
    cores: cpus().length,
    loadAverage: loadavg()[0] ?? Number.NaN,
    processor: processor?.model ?? "unknown",
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    commit: (await run(["git", "describe", "--always", "--dirty"], { cwd: import.meta.dirname })).trim(),
    work: { beforeMs: cpuWorkMs() },
  };
}

/** To be called after the last run. */
export function withWorkAfter<Facts extends HostFacts>(facts: Facts, stolenShare: number): Facts {
  return { ...facts, work: { ...facts.work, afterMs: cpuWorkMs(), stolenShare } };
}

export async function machineFacts({ lab, hosts, outputs }: Rig): Promise<MachineFacts> {
  const [host = ""] = hosts;
  const config = outputs.get(host)?.applied.config;
  const image = config?.image ?? "";
  const manifest = await pathOnHost(lab, host, join(hostFolders.imageDir, `${image}.json`));
  const { kernel, packages } = JSON.parse(await readFile(manifest, "utf8")) as ImageManifest;
  const wanted = packages.filter(({ name }) => guestPackages.has(name));
  return {
    accelerator: config?.accelerator ?? "unknown",
    ...(await hostFacts()),
    qemu: (await run(["qemu-system-x86_64", "--version"])).split("\n")[0] ?? "",
    image,
    guest: { kernel, ...Object.fromEntries(wanted.map(({ name, version }) => [name, version])) },
  };
}

interface ImageManifest {
  readonly kernel: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}
