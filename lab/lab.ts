import { join } from "node:path";
import { LabError } from "./labError.ts";

export const persistentRoot = "/var/lib/vigil-lab";
export const runRoot = "/run/vigil-lab";

/** Marks the processes that a lab started outside its own namespaces, or is just about to move into them. */
export const memberVariable = "VIGIL_LAB_MEMBER";

/**
 * Where a lab keeps its things. Every namespace, folder and process of a lab can be found from the lab's name alone;
 * there is no record of them that could be lost, so a lab can be taken down after any crash.
 */
export interface Lab {
  readonly name: string;
  /** Survives a power cut of the virtual hosts; `lab down` removes it. */
  readonly persistentDir: string;
  /** Lost in a power cut. */
  readonly runDir: string;
  readonly ownerPath: string;
  readonly captureDir: string;
}

/** Rejects names with a hyphen: the namespaces of a lab `a` with a host `b-c` and of a lab `a-b` would be the same. */
export function labNamed(name: string): Lab {
  if (!/^[a-z][a-z0-9]{0,14}$/.test(name)) {
    throw new LabError("ERR_USAGE", `"${name}" is no name for a lab: use at most 15 lower-case letters and digits.`);
  }
  const persistentDir = join(persistentRoot, name);
  const runDir = join(runRoot, name);
  return {
    name,
    persistentDir,
    runDir,
    ownerPath: join(runDir, "owner.json"),
    captureDir: join(persistentDir, "captures"),
  };
}

/** A machine of the lab: a host of the site, or one of the roles that the lab adds. */
export function namespaceOf(lab: Lab, machine: string): string {
  return `${namespacePrefix(lab)}${machine}`;
}

export function namespacePrefix(lab: Lab): string {
  return `vigil-${lab.name}-`;
}

export interface HostDirs {
  /** The host's disk. */
  readonly disk: string;
  /** The host's /run, visible from outside so that its libvirtd can be looked at and its processes recorded. */
  readonly run: string;
  readonly initPath: string;
  readonly log: string;
}

export function hostDirs(lab: Lab, host: string): HostDirs {
  const runDir = join(lab.runDir, "hosts", host);
  const disk = join(lab.persistentDir, "hosts", host);
  return {
    disk,
    run: join(runDir, "run"),
    initPath: join(runDir, "init.json"),
    log: join(lab.persistentDir, `${host}.log`),
  };
}
