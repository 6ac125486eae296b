/** What can be broken in a lab, and how each is mended. All of it happens to real processes and real wires. */
import { readFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { hostFolders, stateDir } from "../infra/paths.ts";
import { bootHost } from "./bootHost.ts";
import { doneInGuest, inGuest } from "./inGuest.ts";
import { hostDirs, type Lab, namespaceOf } from "./lab.ts";
import { LabError } from "./labError.ts";
import type { LabHost } from "./labSite.ts";
import { inHost } from "./machine.ts";
import { leaveAddress, setBridgeLoss, setHostLinks, setLoss, setPort, takeAddress } from "./network.ts";
import { requireOwner } from "./owner.ts";
import { type ProcessId, processesIn, signal } from "./processes.ts";
import { pathOnHost, startService, stopHost, virsh, waitForLibvirtd } from "./virtualHost.ts";

export interface Fault {
  /** One line for the help. */
  readonly what: string;
  /** Whether the fault hits one domain, which then has to be named, or the host as a whole. */
  readonly hits: "host" | "domain";
  readonly break: (lab: Lab, host: LabHost, domain: string) => Promise<unknown>;
  readonly mend: (lab: Lab, host: LabHost, domain: string) => Promise<unknown>;
}

/** More than a bad cable loses, and less than takes three adverts of VRRP in a row every minute. */
export const lossyOneOf = 50;
/** Its programs have mapped 55 of the disk. With 40 a guest does little but read them again, for minutes: a hang, and no stress. */
export const tightMib = 48;
const tightDir = "/run/tight";
const tightened = [
  // The agent has to answer first.
  "sleep 1",
  `mkdir -p ${tightDir}`,
  `mount -t tmpfs -o size=100% tight ${tightDir}`,
  `left=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)`,
  `dd if=/dev/zero of=${tightDir}/filled bs=1M count=$((left - ${tightMib}))`,
].join(" && ");

export const faults = {
  port: {
    what: "the host's cable is cut at the switch: its carrier goes, its VMs run on",
    hits: "host",
    break: (lab, host) => setPort(lab, host.name, "down"),
    mend: (lab, host) => setPort(lab, host.name, "up"),
  },
  "deaf-host": {
    what: "what is sent to the host is lost at the switch; what it sends arrives, and its carrier stays",
    hits: "host",
    break: (lab, host) => setLoss(lab, host.name, "to", true),
    mend: (lab, host) => setLoss(lab, host.name, "to", false),
  },
  "mute-host": {
    what: "what the host sends is lost at the switch; it hears everything, and its carrier stays",
    hits: "host",
    break: (lab, host) => setLoss(lab, host.name, "from", true),
    mend: (lab, host) => setLoss(lab, host.name, "from", false),
  },
  "lost-adverts": {
    what: "the adverts of VRRP to and from the host are lost at the switch: two balancers have the service's address",
    hits: "host",
    break: (lab, host) => setLoss(lab, host.name, "vrrp", true),
    mend: (lab, host) => setLoss(lab, host.name, "vrrp", false),
  },
  "take-vip": {
    what: "the host itself takes the service's address, as a machine does that was given it by mistake",
    hits: "host",
    break: async (lab, host) => takeAddress(lab, host.name, (await requireOwner(lab)).site.vip),
    mend: async (lab, host) => leaveAddress(lab, host.name, (await requireOwner(lab)).site.vip),
  },
  "lossy-bridge": {
    what: `one frame of ${lossyOneOf} is lost on the host's bridge: between its VMs and whoever they talk to, the host too`,
    hits: "host",
    break: (lab, host) => setBridgeLoss(lab, host.name, lossyOneOf),
    mend: (lab, host) => setBridgeLoss(lab, host.name, undefined),
  },
  power: {
    what: "the host loses its power: everything on it ends at once; only its disk is left",
    hits: "host",
    break: powerOff,
    mend: bootHost,
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
  destroy: {
    what: "the domain is destroyed, as by somebody's virsh destroy",
    hits: "domain",
    break: (lab, host, domain) => virshDone(lab, host, ["destroy", domain]),
    mend: (lab, host, domain) => virshDone(lab, host, ["start", domain]),
  },
  undefine: {
    what: "libvirt forgets the domain, which then ends; only the program can mend that",
    hits: "domain",
    break: async (lab, host, domain) => {
      // In the other order its healer would start it in between, as it should.
      await virshDone(lab, host, ["undefine", domain]);
      await virshDone(lab, host, ["destroy", domain]);
    },
    mend: onlyTheProgram,
  },
  "delete-volume": {
    what: "the file of the domain's disk is removed under it; only the program can mend that",
    hits: "domain",
    break: async (lab, host, domain) =>
      rm(await pathOnHost(lab, host.name, join(hostFolders.poolDir, `${domain}-disk.qcow2`))),
    mend: onlyTheProgram,
  },
  detach: {
    what: "the VM's tap leaves the host's bridge",
    hits: "domain",
    break: async (lab, host, domain) => setMaster(lab, host, await tapOf(lab, host.name, domain), undefined),
    mend: async (lab, host, domain) => setMaster(lab, host, await tapOf(lab, host.name, domain), "br0"),
  },
  "empty-bridge": {
    what: "every VM's tap leaves the host's bridge, as when a network manager makes the bridge anew",
    hits: "host",
    break: async (lab, host) => {
      for (const tap of await tapsOf(lab, host)) await setMaster(lab, host, tap, undefined);
    },
    mend: async (lab, host) => {
      for (const tap of await tapsOf(lab, host)) await setMaster(lab, host, tap, "br0");
    },
  },
  panic: {
    what: "the guest's kernel panics; mended by starting the domain anew",
    hits: "domain",
    // The agent has to answer first.
    break: (lab, host, domain) => inGuest(lab, host.name, domain, "sleep 1; echo c >/proc/sysrq-trigger"),
    mend: async (lab, host, domain) => {
      await virshDone(lab, host, ["destroy", domain]);
      await virshDone(lab, host, ["start", domain]);
    },
  },
  "stop-service": {
    what: "the guest's service is killed and its supervisor with it (on a balancer: nginx)",
    hits: "domain",
    break: (lab, host, domain) => inGuest(lab, host.name, domain, killed(serviceOf(domain))),
    mend: (lab, host, domain) => inGuest(lab, host.name, domain, started(serviceOf(domain))),
  },
  "hang-service": {
    what: "the guest's service is stopped (SIGSTOP): it accepts connections and answers none",
    hits: "domain",
    break: (lab, host, domain) => inGuest(lab, host.name, domain, `pkill -STOP -f ${serviceOf(domain).pattern}`),
    mend: (lab, host, domain) => inGuest(lab, host.name, domain, `pkill -CONT -f ${serviceOf(domain).pattern}`),
  },
  "stop-agent": {
    what: "the guest's agent is killed and its supervisor with it",
    hits: "domain",
    break: (lab, host, domain) => inGuest(lab, host.name, domain, killed(agent)),
    mend: (lab, host, domain) => inGuest(lab, host.name, domain, started(agent)),
  },
  "stop-keepalived": {
    what: "the balancer's keepalived is killed and its supervisor with it",
    hits: "domain",
    break: (lab, host, domain) => inGuest(lab, host.name, domain, killed(keepalived)),
    mend: (lab, host, domain) => inGuest(lab, host.name, domain, started(keepalived)),
  },
  "mute-guest": {
    what: "the guest's network interface goes down inside the guest; mended by a reset of the VM",
    hits: "domain",
    break: (lab, host, domain) => inGuest(lab, host.name, domain, "ip link set eth0 down"),
    mend: (lab, host, domain) => virshDone(lab, host, ["reset", domain]),
  },
  "hang-guest": {
    what: "every program of ours in the guest is stopped (SIGSTOP), while its kernel goes on",
    hits: "domain",
    break: (lab, host, domain) => inGuest(lab, host.name, domain, `pkill -STOP -f '${hidden("/usr/lib/vigil/")}'`),
    mend: (lab, host, domain) => inGuest(lab, host.name, domain, `pkill -CONT -f '${hidden("/usr/lib/vigil/")}'`),
  },
  starve: {
    what: "the worker's QEMU gets only the time of the processors that nothing else wants, and all of it is wanted",
    hits: "domain",
    break: starve,
    mend: async (lab, host, domain) => {
      await Promise.all(hogs.map((hog) => signalRecorded(lab, host, pidFileOf(hog), "SIGTERM")));
      await setWeight(lab, host, domain, "--other", 0);
    },
  },
  "edit-file": {
    what: "somebody edits the balancer's nginx.conf by hand",
    hits: "domain",
    break: (lab, host, domain) => inGuest(lab, host.name, domain, `echo '${handEdit}' >>/etc/nginx/nginx.conf`),
    mend: (lab, host, domain) => inGuest(lab, host.name, domain, `sed -i '/^${handEdit}$/d' /etc/nginx/nginx.conf`),
  },
  "cut-workers": {
    what: "the tap of every worker of the host goes down",
    hits: "host",
    break: (lab, host) => setWorkerTaps(lab, host, "down"),
    mend: (lab, host) => setWorkerTaps(lab, host, "up"),
  },
  "tight-guest": {
    what: `the guest's memory is taken but for ${tightMib} MiB: what its programs read from the disk is thrown out again`,
    hits: "domain",
    break: (lab, host, domain) => doneInGuest(lab, host.name, domain, tightened),
    mend: (lab, host, domain) => inGuest(lab, host.name, domain, `umount ${tightDir}; rmdir ${tightDir}`),
  },
  "fill-guest": {
    what: "the guest's disk is filled to the last block",
    hits: "domain",
    break: (lab, host, domain) => inGuest(lab, host.name, domain, "dd if=/dev/zero of=/filled bs=1M 2>/dev/null"),
    mend: (lab, host, domain) => inGuest(lab, host.name, domain, "rm -f /filled"),
  },
  "fill-pool": {
    what: "the storage pool is filled to the last byte: no new overlay fits, and guests that write stop",
    hits: "host",
    break: (lab, host) => fill(lab, host, hostFolders.poolDir),
    mend: (lab, host) => inHost(lab, host.name, ["rm", "-f", join(hostFolders.poolDir, filler)]),
  },
  "fill-state": {
    what: "the file system of state and journal is filled to the last byte",
    hits: "host",
    break: (lab, host) => fill(lab, host, stateDir),
    mend: (lab, host) => inHost(lab, host.name, ["rm", "-f", join(stateDir, filler)]),
  },
  "stall-pool": {
    what: "the storage pool's disk stands still: whatever writes to it waits",
    hits: "host",
    break: (lab, host) => inHost(lab, host.name, ["fsfreeze", "--freeze", hostFolders.poolDir]),
    mend: (lab, host) => inHost(lab, host.name, ["fsfreeze", "--unfreeze", hostFolders.poolDir]),
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

interface GuestService {
  readonly name: string;
  /** A pattern of the command line by which the guest finds its process. */
  readonly pattern: string;
}

const agent: GuestService = { name: "vigil-agent", pattern: "/usr/lib/vigil/agent.cjs" };
const keepalived: GuestService = { name: "keepalived", pattern: "/usr/sbin/keepalived" };

function serviceOf(domain: string): GuestService {
  if (domain.startsWith("lb-")) return { name: "nginx", pattern: "nginx:" };
  return { name: "vigil-stateless", pattern: "/usr/lib/vigil/stateless.cjs" };
}

const handEdit = "# by hand";

/** A pattern that finds what the text finds, but not the shell that holds the pattern. */
function hidden(text: string): string {
  return text.replace(/.$/, "[$&]");
}

/** The supervisor goes first, or it brings the service back. */
function killed({ name, pattern }: GuestService): string {
  return `pkill -KILL -f 'supervise-daemon ${hidden(name)}'; pkill -KILL -f '${hidden(pattern)}'`;
}

function started({ name }: GuestService): string {
  return `rc-service -q ${name} zap; rc-service -q ${name} start`;
}

const filler = "filler";

/** All but the last blocks are taken at once, and those one by one: the file's own list of blocks needs some too. */
function fill(lab: Lab, host: LabHost, dir: string): Promise<string> {
  const take = 'fallocate -l "$(($(stat -f -c %a*%S .) - 16777216))" "$0"; cat /dev/zero >>"$0" 2>/dev/null || true';
  return inHost(lab, host.name, ["sh", "-c", `cd ${dir} && { ${take}; }`, filler]);
}

async function onlyTheProgram(lab: Lab, host: LabHost, domain: string): Promise<void> {
  const remedy = `run \`pulumi up --refresh\` on host ${host.name} of lab ${lab.name}, or let its healer do it`;
  throw new LabError("ERR_USAGE", `${domain} cannot be mended from here: ${remedy}.`);
}

/** One for each processor, all of them bounded: what is forgotten ends by itself. */
const hogs = Array.from({ length: availableParallelism() }, (_, index) => `hog-${index}`);
const hogSeconds = 600;

async function starve(lab: Lab, host: LabHost, domain: string): Promise<void> {
  if (!domain.startsWith("web-")) {
    throw new LabError("ERR_USAGE", `${domain} cannot be starved: only workers have the priority of other programs.`);
  }
  await setWeight(lab, host, domain, "--idle", 19);
  for (const hog of hogs) {
    const loop = `setsid timeout ${hogSeconds} sh -c 'while :; do :; done' </dev/null >/dev/null 2>&1 &`;
    await inHost(lab, host.name, ["sh", "-c", `${loop} echo $! >/run/${pidFileOf(hog)}`]);
  }
}

function pidFileOf(hog: string): string {
  return `${hog}.pid`;
}

/** A kernel that groups processes by session weighs the sessions against each other, whatever the policy within one. */
async function setWeight(lab: Lab, host: LabHost, domain: string, policy: string, nice: number): Promise<void> {
  const pid = (await readFile(join(hostDirs(lab, host.name).run, qemuPidFile(domain)), "utf8")).trim();
  await inHost(lab, host.name, ["chrt", "--all-tasks", policy, "--pid", "0", pid]);
  const group = `/proc/${pid}/autogroup`;
  await inHost(lab, host.name, ["sh", "-c", `[ ! -e ${group} ] || echo ${nice} >${group}`]);
}

function qemuPidFile(domain: string): string {
  return join("libvirt", "qemu", `${domain}.pid`);
}

/** The host's end of a running domain's network card. Rejects ERR_LAB_FAILED if it has none. */
export async function tapOf(lab: Lab, host: string, domain: string): Promise<string> {
  const { stdout, stderr } = await virsh(lab, host, ["domiflist", domain]);
  const tap = /^\s*(vnet\d+)\s/m.exec(stdout)?.[1];
  if (tap !== undefined) return tap;
  throw new LabError("ERR_LAB_FAILED", `domain ${domain} on host ${host} has no tap: ${stderr.trim()}`);
}

async function tapsOf(lab: Lab, host: LabHost): Promise<string[]> {
  const names = await inHost(lab, host.name, ["ls", "/sys/class/net"]);
  return names.split("\n").filter((name) => /^vnet\d+$/.test(name));
}

async function setWorkerTaps(lab: Lab, host: LabHost, state: "up" | "down"): Promise<void> {
  const { stdout } = await virsh(lab, host.name, ["list", "--name"]);
  for (const domain of stdout.split("\n").filter((name) => name.startsWith("web-"))) {
    const tap = await tapOf(lab, host.name, domain);
    await inHost(lab, host.name, ["ip", "link", "set", "dev", tap, state]);
  }
}

async function setMaster(lab: Lab, host: LabHost, tap: string, bridge: string | undefined): Promise<void> {
  const master = bridge === undefined ? ["nomaster"] : ["master", bridge];
  await inHost(lab, host.name, ["ip", "link", "set", "dev", tap, ...master]);
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
  return signalRecorded(lab, host, qemuPidFile(domain), name);
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
