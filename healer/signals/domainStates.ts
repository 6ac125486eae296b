/** libvirt's words and numbers on the state of a domain, in the core's words. */
import type { DomainFact, DomainState } from "../core/facts.ts";

export type DomainWord = Pick<DomainFact, "state" | "reason">;

/** The reasons by their numbers (virDomainRunningReason and so on), in the words of `virsh domstate --reason`. */
const reasons: Readonly<Record<number, readonly string[]>> = {
  1: [
    "unknown",
    "booted",
    "migrated",
    "restored",
    "from snapshot",
    "unpaused",
    "migration canceled",
    "save canceled",
    "event wakeup",
    "crashed",
    "post-copy",
  ],
  3: [
    "unknown",
    "user",
    "migrating",
    "saving",
    "dumping",
    "I/O error",
    "watchdog",
    "from snapshot",
    "shutting down",
    "creating snapshot",
    "crashed",
    "starting up",
    "post-copy",
    "post-copy failed",
  ],
  5: ["unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "daemon"],
  6: ["unknown", "panicked"],
};

const ioError = 5;
/** A domain that is off because its process died, or because libvirtd gave it up; one that could not start (6) never ran. */
const diedReasons: ReadonlySet<number> = new Set([3, 8]);

/** What `domstats --state` says: `state.state` and `state.reason`. Throws if libvirt has states that are unknown here. */
export function domainWordOf(state: number, reasonNumber: number): DomainWord {
  const reason = reasons[state]?.[reasonNumber] ?? (reasonNumber === 0 ? "" : `reason ${reasonNumber}`);
  return { state: stateOf(state, reasonNumber), reason };
}

function stateOf(state: number, reason: number): DomainState {
  switch (state) {
    // 0: none given; 2: blocked on something; 4: its guest has powered off and the process is about to end.
    case 0:
    case 1:
    case 2:
    case 4:
      return "running";
    case 3:
      return reason === ioError ? "stalled" : "paused";
    case 5:
      return diedReasons.has(reason) ? "crashed" : "stopped";
    case 6:
      return "panicked";
    case 7:
      return "paused";
    default:
      throw new Error(`libvirt has a state ${state} that nobody here knows`);
  }
}

/**
 * What a lifecycle event says; undefined if it says no more than that it is worth asking. A process that died is announced
 * as `Failed`, and a start that failed is not announced at all, so `Failed` is a crash; where it is not, as after a saved
 * state that could not be restored, the answer that the event brings forward says so before anything is deleted.
 */
export function domainWordOfEvent(event: string, detail: string): DomainWord | undefined {
  const reason = detail.toLowerCase();
  switch (event) {
    case "Stopped":
      return { state: reason === "failed" || reason === "crashed" ? "crashed" : "stopped", reason };
    case "Crashed":
      return { state: "panicked", reason };
    case "Suspended":
      return reason === "i/o error" ? { state: "stalled", reason: "I/O error" } : { state: "paused", reason };
    case "PMSuspended":
      return { state: "paused", reason };
    default:
      return undefined;
  }
}
