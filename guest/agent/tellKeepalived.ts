import { readFileSync, writeFileSync } from "node:fs";
import { logEvent } from "../shared/logEvent.ts";

/**
 * Says in a file that keepalived tracks whether this balancer stands back: anything but 0 is a failure, and the address goes
 * to a peer. The file lies in memory: writing it never waits for a disk.
 */
export function tellKeepalived(path: string, standsBack: boolean): void {
  try {
    writeFileSync(path, standsBack ? "1\n" : "0\n");
  } catch (error) {
    logEvent("error", {
      error: `keepalived cannot be told to ${standsBack ? "stand back" : "take part"}: ${String(error)}`,
    });
  }
}

/** What was last said there: nothing is as good as 0. */
export function standsBack(path: string): boolean {
  try {
    return readFileSync(path, "utf8").trim() === "1";
  } catch {
    return false;
  }
}
