import { writeFileSync } from "node:fs";
import { logEvent } from "../shared/logEvent.ts";
import type { Verdict } from "./targetHealth.ts";

/**
 * Says in the file that keepalived tracks whether this balancer's own page is answered: anything but 0 is a failure, and
 * the address goes to a peer. What has not been judged yet changes nothing, so an agent that starts anew takes nothing
 * from a balancer that works. The file lies in memory: writing it never waits for a disk.
 */
export function tellKeepalived(path: string, verdict: Verdict): void {
  if (verdict === "absent") return;
  try {
    writeFileSync(path, verdict === "up" ? "0\n" : "1\n");
  } catch (error) {
    logEvent("error", { error: `keepalived cannot be told how nginx is: ${String(error)}` });
  }
}
