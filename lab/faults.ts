/** What can be broken in a lab, and how each is mended. All of it happens to real processes and real wires. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bootHost } from "./bootHost.ts";
import { hostDirs, type Lab, namespaceOf } from "./lab.ts";
import { LabError } from "./labError.ts";
import type { LabHost } from "./labSite.ts";
import { setHostLinks, setPort } from "./network.ts";
import { requireOwner } from "./owner.ts";
import { type ProcessId, processesIn, signal } from "./processes.ts";
import { startService, stopHost, virsh, waitForLibvirtd } from "./virtualHost.ts";

export interface Fault {
  /** One line for the help. */
  readonly what: string;
  /** Whether the fault hits one domain, which then has to be named, or the host as a whole. */
  readonly hits: "host" | "domain";
  readonly break: (lab: Lab, host: LabHost, domain: string) => Promise<void>;
  readonly mend: (lab: Lab, host: LabHost, domain: string) => Promise<void>;
}

export const faults = {
  port: {
    what: "the host's cable is cut at the switch: its carrier goes, its VMs run on",
    hits: "host",
    break: (lab, host) => setPort(lab, host.name, "down"),
    mend: (lab, host) => setPort(lab, host.name, "up"),
  },
  power: {
    what: "the host loses its power: everything on it ends at once; only its disk is left",
    hits: "host",
    break: powerOff,
    mend: async (lab, host) => void (await bootHost(lab, host)),
  },
  libvirtd: {
    what: "libvirtd is killed: the VMs run on, unmanaged",
    hits: "host",
    break: killLibvirtd,
    mend: restartLibvirtd,
  },
  kill: {
    what: "the VM's QEMU is killed; mended by starting the domain",
    hits: "domain",
    break: (lab, host, domain) => signalDomain(lab, host, domain, "SIGKILL"),
    mend: (lab, host, domain) => virshDone(lab, host, ["start", domain]),
  },
  pause: {
    what: "the hypervisor pauses the VM: the guest's clock stops with it",
    hits: "domain",
    break: (lab, host, domain) => virshDone(lab, host, ["suspend", domain]),
    mend: (lab, host, domain) => virshDone(lab, host, ["resume", domain]),
  },
  freeze: {
    what: "the VM's QEMU is stopped (SIGSTOP) while libvirt believes it runs; the guest sees the time it lost",
    hits: "domain",
    break: (lab, host, domain) => signalDomain(lab, host, domain, "SIGSTOP"),
    mend: (lab, host, domain) => signalDomain(lab, host, domain, "SIGCONT"),
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

/** Rejects ERR_USAGE if the lab's site has no such host. */
export async function hostNamed(lab: Lab, name: string): Promise<LabHost> {
  const { hosts } = (await requireOwner(lab)).site;
  const host = hosts.find((candidate) => candidate.name === name);
  if (host !== undefined) return host;
  const known = hosts.map((candidate) => candidate.name).join(", ");
  throw new LabError("ERR_USAGE", `lab ${lab.name} has no host ${name}; it has ${known}.`);
}

/** The wire goes first: nothing that dies may still say good-bye, because a machine without power cannot. */
async function powerOff(lab: Lab, host: LabHost): Promise<void> {
  await setHostLinks(lab, host, "down");
  await stopHost(lab, host.name);
}

async function killLibvirtd(lab: Lab, host: LabHost): Promise<void> {
  await signalRecorded(lab, host, "libvirtd.pid", "SIGKILL");
}

async function restartLibvirtd(lab: Lab, host: LabHost): Promise<void> {
  await startService(lab, host.name, "libvirtd");
  await waitForLibvirtd(lab, host.name, 30_000);
}

function signalDomain(lab: Lab, host: LabHost, domain: string, name: NodeJS.Signals): Promise<void> {
  return signalRecorded(lab, host, join("libvirt", "qemu", `${domain}.pid`), name);
}

/** Signals the process that a pid file of the host names, if that process really is one of the host's. */
async function signalRecorded(lab: Lab, host: LabHost, pidFile: string, name: NodeJS.Signals): Promise<void> {
  const path = join(hostDirs(lab, host.name).run, pidFile);
  const pid = Number(await readFile(path, "utf8").catch(() => ""));
  const id: ProcessId | undefined = (await processesIn(namespaceOf(lab, host.name))).find((one) => one.pid === pid);
  if (id !== undefined && (await signal(id, name))) return;
  throw new LabError("ERR_LAB_FAILED", `nothing runs on host ${host.name} as ${path} says: is it down already?`);
}

async function virshDone(lab: Lab, host: LabHost, command: readonly string[]): Promise<void> {
  const { code, stderr } = await virsh(lab, host.name, command);
  if (code !== 0)
    throw new LabError("ERR_LAB_FAILED", `virsh ${command.join(" ")} on host ${host.name}: ${stderr.trim()}`);
}
