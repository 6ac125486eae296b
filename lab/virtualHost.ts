/** A virtual host: the processes and mounts that make a network namespace a machine with a libvirtd of its own. */
import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Finished, runAny } from "../host/run.ts";
import { hostFolders } from "../infra/paths.ts";
import { hostDirs, type Lab, memberVariable, namespaceOf } from "./lab.ts";
import { LabError } from "./labError.ts";
import { identify, isAlive, killAll, type ProcessId, processesIn } from "./processes.ts";
import { writeRecord } from "./writeRecord.ts";

export interface HostBoot {
  readonly checkout: string;
  readonly cacheDir: string;
  readonly kvm: boolean;
}

/**
 * Starts a host's init, unless it runs already. The host's network must be there. Resolves to false if there was
 * nothing to do.
 */
export async function startHost(lab: Lab, host: string, boot: HostBoot): Promise<boolean> {
  if ((await hostInit(lab, host)) !== undefined) return false;
  // What a start that was interrupted has left would otherwise live on beside the new host.
  await stopHost(lab, host);
  const { disk, run: runDir, initPath, log: logPath } = hostDirs(lab, host);
  await mkdir(disk, { recursive: true });
  await mkdir(join(runDir, ".."), { recursive: true });
  const log = await open(logPath, "a");
  try {
    const script = join(boot.checkout, "lab", "hostInit.sh");
    // `ip`, `unshare` and the script replace each other, so the pid of the child is the pid of the host's init.
    const argv = ["netns", "exec", namespaceOf(lab, host), "unshare", "--mount", "--uts", "sh", script];
    const child = spawn("ip", argv, {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      cwd: "/",
      env: {
        PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
        [memberVariable]: lab.name,
        LAB_HOST: host,
        LAB_CHECKOUT: boot.checkout,
        LAB_CACHE: boot.cacheDir,
        LAB_DISK: disk,
        LAB_RUN: runDir,
        LAB_KVM: boot.kvm ? "yes" : "no",
      },
    });
    child.unref();
    const init = child.pid === undefined ? undefined : await identify(child.pid);
    if (init === undefined)
      throw new LabError("ERR_LAB_FAILED", `host ${host} ended while it started: see ${logPath}.`);
    await writeRecord(initPath, init);
  } finally {
    await log.close();
  }
  return true;
}

/** Ends every process of a host at once, as the loss of its power does. Its disk and its network namespace stay. */
export async function stopHost(lab: Lab, host: string): Promise<void> {
  await thawDisks(lab, host);
  const left = await killAll(() => processesIn(namespaceOf(lab, host)));
  if (left.length > 0) {
    const pids = left.map(({ pid }) => pid).join(", ");
    throw new LabError("ERR_LAB_FAILED", `processes ${pids} of host ${host} do not end although they were killed.`);
  }
  await rm(hostDirs(lab, host).initPath, { force: true });
}

/** Lets a host's disks go on that a fault has stopped: what waits for such a disk cannot even be killed. */
export async function thawDisks(lab: Lab, host: string): Promise<void> {
  const init = await hostInit(lab, host);
  if (init === undefined) return;
  // It refuses what is not frozen, which is how it should be.
  await runAny(["nsenter", `--target=${init.pid}`, "--mount", "fsfreeze", "--unfreeze", hostFolders.poolDir]);
}

/** The first process of a running host; undefined if the host is off. */
export async function hostInit(lab: Lab, host: string): Promise<ProcessId | undefined> {
  const recorded = await readFile(hostDirs(lab, host).initPath, "utf8").catch(() => undefined);
  if (recorded === undefined) return undefined;
  const init = JSON.parse(recorded) as ProcessId;
  return (await isAlive(init)) ? init : undefined;
}

/**
 * A path of a running host as a path of the machine that the lab runs on, which shows what is mounted there on the host.
 * Rejects ERR_LAB_NOT_UP if the host is off.
 */
export async function pathOnHost(lab: Lab, host: string, path: string): Promise<string> {
  return join("/proc", `${(await runningInit(lab, host)).pid}`, "root", path);
}

/** The first process of a host. Rejects ERR_LAB_NOT_UP if the host is off. */
export async function runningInit(lab: Lab, host: string): Promise<ProcessId> {
  const init = await hostInit(lab, host);
  if (init !== undefined) return init;
  throw new LabError("ERR_LAB_NOT_UP", `host ${host} of lab ${lab.name} is off; \`vigil lab up\` turns it on.`);
}

/** Resolves once the host's libvirtd answers. Rejects ERR_LAB_FAILED, naming the log, if it does not in time. */
export async function waitForLibvirtd(lab: Lab, host: string, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while ((await virsh(lab, host, ["uri"])).code !== 0) {
    const { log, disk } = hostDirs(lab, host);
    const see = `see ${log} and ${join(disk, "libvirt-log", "libvirtd.log")}.`;
    if ((await hostInit(lab, host)) === undefined) {
      throw new LabError("ERR_LAB_FAILED", `host ${host} ended while it started: ${see}`);
    }
    if (performance.now() > deadlineMs) {
      throw new LabError("ERR_LAB_FAILED", `libvirtd of host ${host} does not answer after ${timeoutMs} ms: ${see}`);
    }
    await sleep(100);
  }
}

/** Asks a host's libvirtd from outside the host, for inspection and faults only. */
export function virsh(lab: Lab, host: string, command: readonly string[]): Promise<Finished> {
  const socket = join(hostDirs(lab, host).run, "libvirt", "libvirt-sock");
  const connection = `qemu+unix:///system?socket=${socket}`;
  return runAny(["virsh", "--quiet", "--connect", connection, ...command], { timeoutMs: 10_000 });
}

/** Asks the init of a host to start one of the services of hostServices.sh. Values of variables hold no white space. */
export async function startService(
  lab: Lab,
  host: string,
  service: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  // The init holds the pipe open for reading, so neither the opening nor the write can block.
  const pipe = await open(join(hostDirs(lab, host).run, "vigil-services"), "r+");
  try {
    const words = Object.entries(environment).map(([name, value]) => ` ${name}=${value}`);
    await pipe.write(`${service}${words.join("")}\n`);
  } finally {
    await pipe.close();
  }
}
