import ping from "ping";
import type { Emit, Log } from "./signal.ts";

/** A guest that answers at all answers within milliseconds; the program counts in whole seconds. */
const timeoutSeconds = 1;

/**
 * What ping says in its own name is about this host: it has no route, its firewall forbids it. All but the kernel's word
 * that the other side gave no answer to ARP.
 */
const localTrouble = /^ping: (?!.*No route to host)/m;

/** Asks one machine by ICMP. It resolves within about a second, and tells nothing if it could not ask. */
export async function pingSlot(target: { slot: string; address: string }, log: Log, emit: Emit): Promise<void> {
  const { slot, address } = target;
  const answered = await answersPing(address, log);
  if (answered !== undefined) emit({ kind: "ping", slot, answered });
}

/** Resolves within about a second; to undefined if it could not ask. */
export async function answersPing(address: string, log: Log): Promise<boolean | undefined> {
  try {
    // `deadline` bounds the program's whole life, whatever the network says meanwhile.
    const { alive, output } = await ping.promise.probe(address, {
      timeout: timeoutSeconds,
      deadline: timeoutSeconds,
      v6: false,
    });
    if (!alive && localTrouble.test(output)) throw new Error(output.trim());
    return alive;
  } catch (error) {
    // A host that cannot run ping has not asked: that is no evidence against the machine.
    log.warn({ address, problem: String(error) }, "could not ping");
    return undefined;
  }
}
