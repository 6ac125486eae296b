import { readFile } from "node:fs/promises";
import type { ProcessId } from "../lab/processes.ts";
import { nowMs } from "./requestRecord.ts";

/** The kernel counts in hundredths of a second for every reader, whatever it does inside. */
const tickMs = 10;

/** When a process was started, by the clock of all records, to a hundredth of a second or two. */
export async function processStartMs({ startTicks }: ProcessId): Promise<number> {
  const [uptimeS = "0"] = (await readFile("/proc/uptime", "utf8")).split(" ");
  return nowMs() - (Number(uptimeS) * 1000 - startTicks * tickMs);
}
