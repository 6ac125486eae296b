import { readFileSync } from "node:fs";

export type VrrpName = "MASTER" | "BACKUP" | "FAULT" | "STOP" | "NONE";

export interface VrrpState {
  readonly state: VrrpName;
  /** When the state was entered, as keepalived's reader wrote it down. */
  readonly since?: string;
}

const names: readonly string[] = ["MASTER", "BACKUP", "FAULT", "STOP"];

/** What keepalived last said it is; NONE until it has said anything. The file is in memory: reading it never blocks. */
export function readVrrpState(path: string): VrrpState {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return { state: "NONE" };
  }
  const [state = "", since] = text.trim().split(" ");
  if (!names.includes(state)) return { state: "NONE" };
  return { state: state as VrrpName, ...(since === undefined ? {} : { since }) };
}
