/**
 * N-1: what is left of the service when any one host is lost, and what if a second one is. A stack knows the number of its own workers. Of the other
 * hosts it knows what the site facts say: how many workers each has at least, and what each has room for. Without these
 * facts it answers "unknown" rather than guess. Each stack keeps to what the facts say of it, so that what all of them
 * find to be survived is survived.
 */
import type { Problem } from "./configError.ts";
import type { SiteConfig, StackConfig } from "./configSchema.ts";
import type { HostPlan, StackPlan } from "./plan.ts";
import { lackOf, type WorkerRoom, workerRoom } from "./workerRoom.ts";

/** What there is without the hosts that are lost. */
export interface Left {
  /** Whose balancer takes the service's address, if a lost one had it. */
  readonly nextHolder?: string;
  readonly balancers: number;
  /** So many at least. */
  readonly workers: number;
  /** Hosts whose workers this stack does not know, and which count for none. */
  readonly unseen: readonly string[];
  /** What these serve, without any that is built elsewhere. */
  readonly requestsPerSecond?: Share;
  /** How many workers the hosts that are left can hold, and how many the site has with those of the lost ones. */
  readonly roomForWorkers?: Share;
}

export interface Loss extends Left {
  readonly lostHost: string;
  /** Something is lacking and nobody accepts it; accepted: something is lacking and `acceptLossOf` has the host. */
  readonly verdict: "survives" | "fails" | "accepted" | "unknown";
  readonly lacks: readonly Lack[];
}

/** A second host is lost while the first one is away. No site has to survive that: it is shown, and never refused. */
export interface SecondLoss extends Left {
  readonly lostHosts: readonly [string, string];
}

export interface Share {
  readonly left: number;
  readonly wanted: number;
}

/** What is not left, and what to do about it, a sentence each. */
interface Lack {
  readonly found: string;
  readonly remedy: string;
}

/** A host of the site with all that is known of it here. */
interface Known {
  readonly name: string;
  /** Undefined if neither this stack nor the site facts say. */
  readonly workers: number | undefined;
  readonly room: WorkerRoom;
  readonly linkMbps: number | undefined;
}

/** One for each host of the site, in their order. */
export function lossesOf(config: StackConfig, plan: StackPlan): Loss[] {
  const hosts = knownHosts(config, plan);
  const accepted = config.site.acceptLossOf ?? [];
  return hosts.map((lost) => {
    const loss = judge(lost.name, hosts, config.site.survival);
    return loss.verdict === "fails" && accepted.includes(lost.name) ? { ...loss, verdict: "accepted" } : loss;
  });
}

/** One for every two hosts of a site that has more. */
export function secondLossesOf(config: StackConfig, plan: StackPlan): SecondLoss[] {
  const hosts = knownHosts(config, plan);
  if (hosts.length < 3) return [];
  return hosts.flatMap(({ name: first }, index) =>
    hosts.slice(index + 1).map(({ name: second }) => {
      const lostHosts = [first, second] as const;
      return { lostHosts, ...leftWithout(lostHosts, hosts, config.site.survival) };
    }),
  );
}

/** Why `pulumi preview` and `pulumi up` refuse the plan: losses that nobody accepts, and what this host does not keep to. */
export function refusalsOf(config: StackConfig, plan: StackPlan): Problem[] {
  const losses = lossesOf(config, plan).filter(({ verdict }) => verdict === "fails");
  return [...brokenPromises(config, plan), ...losses.flatMap(problemsOfLoss)];
}

function problemsOfLoss({ lostHost, lacks }: Loss): Problem[] {
  const acceptance = `or accept it by name: vigil:site.acceptLossOf: [${lostHost}]`;
  return lacks.map(({ found, remedy }) => {
    return { file: "Pulumi.yaml", key: `vigil:site.hosts.${lostHost}`, found, remedy: `${remedy}, ${acceptance}` };
  });
}

/** The other stacks count on what the site facts say of this host. */
function brokenPromises({ site, host }: StackConfig, plan: StackPlan): Problem[] {
  const stated = site.hosts[host]?.workers;
  const has = workersOf(plan);
  const place = { file: "Pulumi.yaml", key: `vigil:site.hosts.${host}.workers` };
  if (stated !== undefined && has < stated) {
    const remedy = `have ${stated} again (\`vigil scale ${host} ${stated}\`), or write at most ${has}: the other hosts count on them`;
    return [{ ...place, found: `${stated}, and ${host} has ${count(has, "worker")}`, remedy }];
  }
  const room = roomOf(site, plan.host);
  if (has <= room.workers) return [];
  const remedy = `have at most ${room.workers}, or state more room: it has no ${lackOf(room)} for more`;
  return [{ ...place, key: `vigil:site.hosts.${host}.room`, found: `${host} has ${count(has, "worker")}`, remedy }];
}

function knownHosts({ site, host }: StackConfig, plan: StackPlan): Known[] {
  return plan.site.hosts.map((planned) => {
    const { name } = planned;
    const { workers: stated, linkMbps } = site.hosts[name] ?? {};
    return { name, workers: name === host ? workersOf(plan) : stated, room: roomOf(site, planned), linkMbps };
  });
}

function judge(lostHost: string, hosts: readonly Known[], survival: SiteConfig["survival"]): Loss {
  const loss = { lostHost, ...leftWithout([lostHost], hosts, survival) };
  const { workers, unseen, requestsPerSecond, roomForWorkers } = loss;
  const left = hosts.filter(({ name }) => name !== lostHost);
  if (left.length === 0) {
    const found = `without ${lostHost} no host remains, and so no balancer that could hold the service's address`;
    return { ...loss, verdict: "fails", lacks: [{ found, remedy: "add a second host: `vigil host add`" }] };
  }
  if (workers === 0 && unseen.length > 0) return { ...loss, verdict: "unknown", lacks: [unseenLack(lostHost, unseen)] };
  const lacks = workers === 0 ? [noWorkerLack(lostHost, left)] : [];
  if (survival !== undefined) {
    if (workers > 0 && isShort(requestsPerSecond)) lacks.push(requestsLack(lostHost, workers, survival));
    if (isShort(roomForWorkers)) lacks.push(roomLack(lostHost, left, roomForWorkers));
    const { inboundMbps = 0 } = survival;
    const slow = left.filter(({ linkMbps = inboundMbps }) => linkMbps < inboundMbps);
    if (slow.length > 0) lacks.push(linkLack(lostHost, slow, inboundMbps));
  }
  return { ...loss, verdict: lacks.length === 0 ? "survives" : "fails", lacks };
}

/** Every host of a site has one balancer by construction, and the first of those that are left has the highest priority. */
function leftWithout(lost: readonly string[], hosts: readonly Known[], survival: SiteConfig["survival"]): Left {
  const left = hosts.filter(({ name }) => !lost.includes(name));
  const workers = sum(left.map((host) => host.workers ?? 0));
  const unseen = left.filter((host) => host.workers === undefined).map(({ name }) => name);
  const [next] = left;
  const shape = { ...(next === undefined ? {} : { nextHolder: next.name }), balancers: left.length, workers, unseen };
  if (next === undefined || survival === undefined) return shape;
  return {
    ...shape,
    requestsPerSecond: { left: workers * survival.worker.requestsPerSecond, wanted: survival.requestsPerSecond },
    roomForWorkers: {
      left: sum(left.map(({ room }) => room.workers)),
      wanted: sum(hosts.map((host) => host.workers ?? 0)),
    },
  };
}

function isShort(share: Share | undefined): share is Share {
  return share !== undefined && share.left < share.wanted;
}

function unseenLack(lost: string, unseen: readonly string[]): Lack {
  return {
    found: `without ${lost} the service rests on the workers of ${unseen.join(", ")}, which this stack does not know`,
    remedy: `state ${unseen.map((name) => `vigil:site.hosts.${name}.workers`).join(", ")}`,
  };
}

function noWorkerLack(lost: string, left: readonly Known[]): Lack {
  const names = left.map(({ name }) => name).join(" or ");
  return { found: `without ${lost} no worker remains`, remedy: `have one on ${names}` };
}

function requestsLack(
  lost: string,
  workers: number,
  { requestsPerSecond, worker }: NonNullable<SiteConfig["survival"]>,
): Lack {
  const needed = Math.ceil(requestsPerSecond / worker.requestsPerSecond);
  return {
    found: `without ${lost} what is left serves ${workers * worker.requestsPerSecond} of ${requestsPerSecond} requests/s (${count(workers, "worker")})`,
    remedy: `have ${count(needed, "worker")} on the other hosts`,
  };
}

function roomLack(lost: string, hosts: readonly Known[], { left, wanted }: Share): Lack {
  const limits = hosts.map((host) => `${host.name} has ${lackOf(host.room)} for ${host.room.workers}`);
  return {
    found: `without ${lost} there is room for ${left} of the ${wanted} workers: ${limits.join(", ")}`,
    remedy: "give the other hosts more room, or have fewer workers",
  };
}

function linkLack(lost: string, slow: readonly Known[], inboundMbps: number): Lack {
  const links = slow.map(({ name, linkMbps }) => `${name} (${linkMbps} Mb/s)`);
  return {
    found: `without ${lost} all of ${inboundMbps} Mb/s may come to ${links.join(" or ")}`,
    remedy: `give ${slow.map(({ name }) => name).join(" and ")} a faster link`,
  };
}

function roomOf({ hosts, survival }: SiteConfig, { name, pool }: HostPlan): WorkerRoom {
  return workerRoom(pool.size, hosts[name]?.room, survival?.worker);
}

/** Those that stand in for a lost host are nothing to count on: they go when it is back. */
function workersOf({ slots }: StackPlan): number {
  return slots.filter(({ role, standsInFor }) => role === "worker" && standsInFor === undefined).length;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
