/**
 * The plan: what one stack's host runs, as plain frozen data. The program, the N-1 check, the simulator and
 * `vigil plan` all read this one plan. It is a pure function of the configuration and the desired state; nothing that
 * happens at run time (who holds the address, which slot is healthy) ever enters it.
 */
import { v5 as uuidv5 } from "uuid";
import { formatAddress, macOf, parseRange, parseSubnet } from "./address.ts";
import { ConfigError, describe, type Problem } from "./configError.ts";
import type { StackConfig } from "./configSchema.ts";
import type { Desired } from "./desired.ts";
import {
  balancerPort,
  balancerSlot,
  bridge,
  heartbeatPorts,
  highestPriority,
  priorityStep,
  workerPort,
} from "./facts.ts";
import { freeze } from "./freeze.ts";

export type Role = "worker" | "balancer";

export interface StackPlan {
  readonly site: SitePlan;
  readonly host: HostPlan;
  readonly accelerator: "kvm" | "tcg";
  /** The slots of this host: `lb-1` first, then `web-1` to `web-n`. */
  readonly slots: readonly SlotPlan[];
  /**
   * Who may serve: every worker slot that any host's pool could hold, built or not. It depends on the site alone, so
   * scaling or rebuilding a worker never changes a balancer's configuration on any host.
   */
  readonly candidates: readonly Candidate[];
  /** The balancers of the other hosts. */
  readonly peers: readonly PeerPlan[];
}

export interface SitePlan {
  readonly name: string;
  readonly subnet: SubnetPlan;
  readonly vip: string;
  /** An address outside all hosts that answers ping and ARP. */
  readonly witness?: string;
  /** How many requests each worker is given at once; any number if absent. */
  readonly requestsAtOnce?: number;
  /** Sorted by name. */
  readonly hosts: readonly HostPlan[];
}

export interface SubnetPlan {
  readonly cidr: string;
  readonly prefixLength: number;
  readonly netmask: string;
}

export interface HostPlan {
  readonly name: string;
  readonly address: string;
  readonly uplink: string;
  readonly bridge: string;
  readonly pool: PoolPlan;
  /** VRRP priority of this host's balancer: a constant of the plan, never a record of who holds the address. */
  readonly vrrpPriority: number;
}

export interface PoolPlan {
  readonly first: string;
  readonly last: string;
  readonly size: number;
}

export interface SlotPlan {
  /** The slot's name on its host and its libvirt domain name: `web-1`. */
  readonly slot: string;
  /** The slot's name in the site: `bk/web-1`. */
  readonly id: string;
  readonly host: string;
  readonly role: Role;
  readonly hostname: string;
  readonly address: string;
  readonly netmask: string;
  readonly gateway: string;
  readonly mac: string;
  /** Fixed for the slot, so that a repair killed at any instant is healed by running it again. */
  readonly uuid: string;
  /** The lost host for one of whose workers this one stands in; absent if it is one of this host's own. */
  readonly standsInFor?: string;
  /** The sha256 of the image that this slot boots. */
  readonly image: string;
  readonly memoryMib: number;
  readonly vcpus: number;
  readonly servicePort: number;
  readonly heartbeatPort: number;
}

export interface Candidate {
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

export interface PeerPlan {
  readonly id: string;
  readonly host: string;
  readonly address: string;
  readonly mac: string;
  readonly priority: number;
}

/** Changing this constant would give every domain a new UUID, and so rebuild every machine of every site. */
const uuidNamespace = "5f2e6c1a-9d0b-4a4e-8c57-3b1f0d7a92e4";

/** Throws ConfigError if the desired state asks for what the host's pool cannot hold. */
export function planStack(config: StackConfig, desired: Desired): StackPlan {
  const site = planSite(config);
  const host = site.hosts.find((candidate) => candidate.name === config.host);
  if (host === undefined) throw new Error(`host ${config.host} is not in the site: parse the configuration first`);
  const problems = checkDesired(config, host, desired);
  if (problems.length > 0) throw new ConfigError(problems);

  const own = desired.workers ?? config.workers;
  const standIns = standInsOf(desired);
  const names = [balancerSlot, ...workerSlots(own + standIns.length)];
  return freeze({
    site,
    host,
    accelerator: config.accelerator,
    slots: names.map((slot, index) => {
      // Before them come the balancer and the host's own workers.
      const standsInFor = standIns[index - 1 - own];
      const planned = planSlot(config, desired, site, host, slot);
      return standsInFor === undefined ? planned : { ...planned, standsInFor };
    }),
    candidates: site.hosts.flatMap(planCandidates),
    peers: site.hosts.filter((other) => other !== host).map(planPeer),
  });
}

function planSite(config: StackConfig): SitePlan {
  const { name, subnet: cidr, vip, witness, requestsAtOnce, hosts } = config.site;
  const subnet = known(parseSubnet(cidr), cidr);
  return {
    name,
    subnet: { cidr, prefixLength: subnet.prefixLength, netmask: subnet.netmask },
    vip,
    ...(witness === undefined ? {} : { witness }),
    ...(requestsAtOnce === undefined ? {} : { requestsAtOnce }),
    hosts: Object.entries(hosts)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([hostName, { address, uplink, pool: range }], index) => {
        const pool = known(parseRange(range), range);
        return {
          name: hostName,
          address,
          uplink,
          bridge,
          pool: { first: formatAddress(pool.first), last: formatAddress(pool.last), size: pool.size },
          vrrpPriority: highestPriority - index * priorityStep,
        };
      }),
  };
}

function planSlot(config: StackConfig, desired: Desired, site: SitePlan, host: HostPlan, slot: string): SlotPlan {
  const role: Role = slot === balancerSlot ? "balancer" : "worker";
  const address = slotAddress(host, slot);
  const size = config[role];
  return {
    slot,
    id: slotId(host, slot),
    host: host.name,
    role,
    hostname: `${host.name}-${slot}`,
    address: formatAddress(address),
    netmask: site.subnet.netmask,
    gateway: host.address,
    mac: macOf(address),
    uuid: uuidv5(`${site.name}/${host.name}/${slot}`, uuidNamespace),
    image: desired.images?.[slot] ?? config.image,
    memoryMib: size.memoryMib,
    vcpus: size.vcpus,
    servicePort: role === "balancer" ? balancerPort : workerPort,
    heartbeatPort: heartbeatPorts[role],
  };
}

/** The balancer has the pool's last address and workers count from the first, so neither moves when the other grows. */
function slotAddress(host: HostPlan, slot: string): number {
  const { first, last } = known(parseRange(`${host.pool.first}-${host.pool.last}`), host.name);
  return slot === balancerSlot ? last : first + Number(slot.slice("web-".length)) - 1;
}

function planCandidates(host: HostPlan): Candidate[] {
  return workerSlots(workerCapacity(host)).map((slot) => ({
    id: slotId(host, slot),
    address: formatAddress(slotAddress(host, slot)),
    port: workerPort,
  }));
}

function planPeer(host: HostPlan): PeerPlan {
  const address = slotAddress(host, balancerSlot);
  return {
    id: slotId(host, balancerSlot),
    host: host.name,
    address: formatAddress(address),
    mac: macOf(address),
    priority: host.vrrpPriority,
  };
}

/** The last workers of the host, each with the host that it stands in for. */
function standInsOf({ evacuated = {} }: Desired): string[] {
  const hosts = Object.keys(evacuated).toSorted();
  return hosts.flatMap((host) => Array.from({ length: evacuated[host] ?? 0 }, () => host));
}

function checkDesired(config: StackConfig, host: HostPlan, desired: Desired): Problem[] {
  const problems: Problem[] = [];
  const capacity = workerCapacity(host);
  const pool = `pool ${host.pool.first}-${host.pool.last} of ${host.name}`;
  if (desired.workers !== undefined && desired.workers > capacity) {
    const remedy = `ask for at most ${capacity}, what the ${pool} holds besides its balancer, or widen that pool`;
    problems.push({ file: "desired.json", key: "workers", found: describe(desired.workers), remedy });
  }
  const standIns = standInsOf(desired).length;
  const left = Math.max(0, capacity - (desired.workers ?? config.workers));
  if (standIns > left && problems.length === 0) {
    const remedy = `have at most ${Math.max(0, capacity - standIns)} workers of its own while these stand in for others, or widen the ${pool}`;
    problems.push({ file: "desired.json", key: "evacuated", found: describe(desired.evacuated), remedy });
  }
  const possible = new Set([balancerSlot, ...workerSlots(capacity)]);
  for (const [slot, image] of Object.entries(desired.images ?? {})) {
    if (possible.has(slot)) continue;
    const remedy = `remove it: the ${pool} has no such slot`;
    problems.push({ file: "desired.json", key: `images.${slot}`, found: describe(image), remedy });
  }
  return problems;
}

function workerCapacity(host: HostPlan): number {
  return host.pool.size - 1;
}

function workerSlots(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `web-${index + 1}`);
}

function slotId(host: HostPlan, slot: string): string {
  return `${host.name}/${slot}`;
}

/** The configuration was checked when it was parsed; what is unreadable here is a bug of the caller. */
function known<T>(value: T | undefined, text: string): T {
  if (value === undefined) throw new Error(`${text} is not readable: parse the configuration first`);
  return value;
}
