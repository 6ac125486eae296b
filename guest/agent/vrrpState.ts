import { readFileSync } from "node:fs";

export type VrrpName = "MASTER" | "BACKUP" | "FAULT" | "STOP" | "NONE";

export interface VrrpState {
  readonly state: VrrpName;
  /** When the state was entered, as keepalived's reader wrote it down. */
  readonly since?: string;
}

const names: readonly string[] = ["MASTER", "BACKUP", "FAULT", "STOP"];

/**
 * What keepalived last said it is; NONE until it has said anything, STOP if it is not there any more to say so. All of
 * this is in memory: reading it never waits for a disk.
 */
export function readVrrpState(statePath: string, pidPath: string): VrrpState {
  const text = readIfThere(statePath);
  if (text === undefined) return { state: "NONE" };
  if (!isRunning(pidPath)) return { state: "STOP" };
  const [state = "", since] = text.trim().split(" ");
  if (!names.includes(state)) return { state: "NONE" };
  return { state: state as VrrpName, ...(since === undefined ? {} : { since }) };
}

/** A killed keepalived leaves its pid file, and its pid may be another's by now. */
function isRunning(pidPath: string): boolean {
  const pid = Number(readIfThere(pidPath));
  return pid > 0 && readIfThere(`/proc/${pid}/comm`)?.trim() === "keepalived";
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
