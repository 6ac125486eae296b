/**
 * What is measured, and how its parts are reached: the workers of all hosts, and one or more pairs of balancers in front
 * of them. A pair is the product's own or a plain one that serves as the baseline; everything else treats them alike.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { vrrpAdvertMs, vrrpRouterId } from "../infra/facts.ts";
import { hostDirs, type Lab } from "../lab/lab.ts";
import { inHost, onHost, onWire } from "../lab/machine.ts";
import { outputsOf } from "../lab/outputsOf.ts";
import { requireOwner } from "../lab/owner.ts";
import { identify, type ProcessId } from "../lab/processes.ts";
import { virsh } from "../lab/virtualHost.ts";
import type { StackOutputs } from "../stacks/outputs.ts";
import { openShell, type Shell } from "./shell.ts";

export interface Rig {
  readonly lab: Lab;
  readonly hosts: readonly string[];
  readonly outputs: ReadonlyMap<string, StackOutputs>;
  readonly workers: readonly Worker[];
  readonly product: Pair;
}

/** A virtual machine, by its domain on its host. */
export interface Machine {
  readonly host: string;
  readonly domain: string;
  readonly address: string;
  readonly mac: string;
}

export interface Worker extends Machine {
  readonly id: string;
  readonly port: number;
}

export interface Pair {
  readonly name: string;
  readonly vip: string;
  readonly vrid: number;
  readonly advertMs: number;
  readonly balancers: readonly Machine[];
}

/** Both kinds of pair answer this themselves, without a worker. */
export const healthPath = "/vigil/balancer/health";
const keyPath = "/var/lib/vigil/keys/bench";
export const knownHostsPath = "/var/lib/vigil/keys/bench.known_hosts";

/** Reads what the stacks of a lab have deployed. Rejects if one of them has not been deployed. */
export async function openRig(lab: Lab): Promise<Rig> {
  const { site } = await requireOwner(lab);
  const hosts = site.hosts.map((host) => host.name);
  const outputs = new Map<string, StackOutputs>();
  for (const host of hosts) outputs.set(host, await outputsOf(lab, host));

  const machines = [...outputs].flatMap(([host, { slots }]) =>
    slots.map(({ slot: domain, id, role, address, mac, servicePort: port = 0 }) => {
      return { host, domain, id, role, address, mac, port };
    }),
  );
  for (const [host, stack] of outputs) await writeLogin(lab, host, stack);
  return {
    lab,
    hosts,
    outputs,
    workers: machines.filter((machine) => machine.role === "worker"),
    product: {
      name: "vigil",
      vip: site.vip,
      vrid: vrrpRouterId,
      advertMs: vrrpAdvertMs,
      balancers: machines.filter((machine) => machine.role === "balancer"),
    },
  };
}

async function writeLogin(lab: Lab, host: string, { loginPrivateKey, slots, hostKeys }: StackOutputs): Promise<void> {
  await writeInHost(lab, host, keyPath, loginPrivateKey);
  const known = slots.map(({ slot, address }) => `${address} ${hostKeys[slot]}\n`);
  await writeInHost(lab, host, knownHostsPath, known.join(""));
}

/** Writes a file of a host that only root may read; its content is on no command line. */
export async function writeInHost(lab: Lab, host: string, path: string, content: string): Promise<void> {
  const command = ["sh", "-c", `umask 077; mkdir -p "$(dirname "$0")"; cat >"$0"`, path];
  await inHost(lab, host, command, { input: content, timeoutMs: 10_000 });
}

export function openClient({ lab }: Rig): Shell {
  return openShell(onWire(lab, "client", ["sh"]));
}

/** Logs in to a guest. A guest that does not answer is found out by the first command. */
export async function openGuest({ lab }: Rig, { host, address }: Machine): Promise<Shell> {
  return openShell(await onHost(lab, host, guestShell(address)));
}

/** The command line of a shell in a guest, on the guest's host. */
export function guestShell(address: string): string[] {
  const options = [
    "BatchMode=yes",
    "ConnectTimeout=5",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${knownHostsPath}`,
  ];
  return ["ssh", "-q", "-i", keyPath, ...options.flatMap((option) => ["-o", option]), `root@${address}`, "sh"];
}

/** The QEMU process of a running domain, found before the fault so that a signal can follow without delay. */
export async function processOf(
  { lab }: Pick<Rig, "lab">,
  { host, domain }: Pick<Machine, "host" | "domain">,
): Promise<ProcessId> {
  const path = join(hostDirs(lab, host).run, "libvirt", "qemu", `${domain}.pid`);
  const process = await identify(Number(await readFile(path, "utf8")));
  if (process === undefined)
    throw new Error(`domain ${domain} on ${host} does not run, though ${path} names a process`);
  return process;
}

export async function startDomain({ lab }: Rig, { host, domain }: Machine): Promise<void> {
  const { code, stderr } = await virsh(lab, host, ["start", domain]);
  if (code !== 0) throw new Error(`domain ${domain} on ${host} cannot be started: ${stderr.trim()}`);
}

const healthyTimeoutMs = 180_000;

/**
 * Waits until a pair has its full redundancy: all balancers answer, the address serves, exactly one balancer has it and
 * the others are ready to take it. Resolves to the holder; rejects, saying what is still wrong, after three minutes.
 */
export async function awaitHealthyPair(rig: Rig, pair: Pair): Promise<Machine> {
  const client = openClient(rig);
  try {
    return await eventually(async () => {
      const urls = [
        ...pair.balancers.map(({ address }) => `http://${address}${healthPath}`),
        `http://${pair.vip}/random/number`,
      ];
      for (const url of urls) {
        const { code, output } = await client.run(`curl -fsS -o /dev/null -m 1 ${url}`);
        if (code !== 0) throw new Error(`${url} does not answer: ${output.trim()}`);
      }
      const states = await Promise.all(pair.balancers.map((balancer) => stateOf(rig, pair, balancer)));
      const holders = pair.balancers.filter((_, index) => states[index]?.holds);
      const unfit = pair.balancers.find((_, index) => !states[index]?.ready);
      if (unfit !== undefined) throw new Error(`${unfit.domain} on ${unfit.host} is in fault`);
      const [holder] = holders;
      if (holder === undefined || holders.length > 1) throw new Error(`${pair.vip} has ${holders.length} holders`);
      return holder;
    });
  } finally {
    client.close();
  }
}

interface BalancerState {
  readonly holds: boolean;
  readonly ready: boolean;
}

async function stateOf(rig: Rig, { vip }: Pair, balancer: Machine): Promise<BalancerState> {
  const guest = await openGuest(rig, balancer);
  try {
    const { output } = await guest.run(
      `pidof nginx >/dev/null && pidof keepalived >/dev/null && echo up; ip -4 addr show dev eth0; cat /run/vigil/vrrp-state`,
    );
    return { holds: output.includes(`inet ${vip}/`), ready: /^up$/m.test(output) && !/^(FAULT|STOP)/m.test(output) };
  } finally {
    guest.close();
  }
}

/** Waits until every worker answers itself and has been seen behind the address of every pair. */
export async function awaitHealthyWorkers(rig: Rig, pairs: readonly Pair[]): Promise<void> {
  const client = openClient(rig);
  try {
    await eventually(async () => {
      for (const { id, address, port } of rig.workers) {
        const { code } = await client.run(`curl -fsS -o /dev/null -m 1 http://${address}:${port}/healthz`);
        if (code !== 0) throw new Error(`worker ${id} does not answer`);
      }
      for (const { vip, name } of pairs) {
        const tries = rig.workers.length * 3;
        const url = `http://${vip}/random/number`;
        const { output } = await client.run(
          `for i in $(seq ${tries}); do curl -s -m 1 -o /dev/null -D - ${url}; done`,
          30_000,
        );
        const missing = rig.workers.find(({ id }) => !output.includes(`x-vigil-slot: ${id}`));
        if (missing !== undefined) throw new Error(`${name} does not route to worker ${missing.id}`);
      }
    });
  } finally {
    client.close();
  }
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + healthyTimeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await sleep(500);
    }
  }
}
