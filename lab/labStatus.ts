import { type Lab, namespaceOf } from "./lab.ts";
import { portState } from "./network.ts";
import { type Owner, ownerOf } from "./owner.ts";
import { processesIn } from "./processes.ts";
import { hostInit, virsh } from "./virtualHost.ts";

export interface LabStatus {
  readonly lab: string;
  readonly checkout: string;
  readonly site: string;
  readonly vip: string;
  readonly hosts: readonly HostStatus[];
  readonly machines: readonly MachineStatus[];
}

export interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly power: "on" | "off";
  /** The state of its port on the switch. */
  readonly port: PortState;
  readonly libvirtd: "answers" | "silent";
  readonly initPid?: number;
  readonly processes: number;
  readonly domains: readonly DomainStatus[];
}

export interface DomainStatus {
  readonly name: string;
  /** As libvirt names it: running, paused, shut off, crashed. */
  readonly state: string;
}

export interface MachineStatus {
  readonly name: string;
  readonly address: string;
  readonly port: PortState;
}

/** `unknown` while the lab is half made. */
type PortState = "up" | "down" | "no carrier" | "unknown";

/** Undefined if there is no such lab. */
export async function labStatus(lab: Lab): Promise<LabStatus | undefined> {
  const owner = await ownerOf(lab);
  if (owner === undefined) return undefined;
  const { site, checkout } = owner;
  return {
    lab: lab.name,
    checkout,
    site: site.name,
    vip: site.vip,
    hosts: await Promise.all(site.hosts.map((host) => hostStatus(lab, host))),
    machines: await Promise.all(
      machinesOf(owner).map(async (machine) => ({ ...machine, port: await portOf(lab, machine.name) })),
    ),
  };
}

async function hostStatus(lab: Lab, { name, address }: { name: string; address: string }): Promise<HostStatus> {
  const init = await hostInit(lab, name);
  const listed = init === undefined ? undefined : await virsh(lab, name, ["list", "--all"]);
  return {
    name,
    address,
    power: init === undefined ? "off" : "on",
    port: await portOf(lab, name),
    libvirtd: listed?.code === 0 ? "answers" : "silent",
    ...(init === undefined ? {} : { initPid: init.pid }),
    processes: (await processesIn(namespaceOf(lab, name))).length,
    domains: parseDomains(listed?.stdout ?? ""),
  };
}

/** Reads the rows of `virsh --quiet list --all`: id, name and a state that may be two words. */
export function parseDomains(rows: string): DomainStatus[] {
  return rows.split("\n").flatMap((row) => {
    const [, name, state] = /^\s*\S+\s+(\S+)\s+(\S.*?)\s*$/.exec(row) ?? [];
    return name === undefined || state === undefined ? [] : [{ name, state }];
  });
}

function machinesOf({ site }: Owner): { name: string; address: string }[] {
  const client = { name: "client", address: site.clientAddress };
  return site.witnessAddress === undefined ? [client] : [client, { name: "witness", address: site.witnessAddress }];
}

function portOf(lab: Lab, machine: string): Promise<PortState> {
  return portState(lab, machine).catch(() => "unknown");
}
