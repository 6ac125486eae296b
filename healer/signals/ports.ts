import { connect } from "node:net";
import type { ConnectOutcome } from "../core/facts.ts";
import { connectOutcomeOf } from "./connectOutcome.ts";
import type { Emit, Log } from "./signal.ts";

export interface PortTarget {
  readonly slot: string;
  readonly address: string;
  readonly port: number;
}

/** Tries to connect to a slot's heartbeat port once, and tells how that ended within `timeoutMs`. */
export async function knock(target: PortTarget, log: Log, emit: Emit, timeoutMs = 500): Promise<void> {
  const { slot, address, port } = target;
  try {
    emit({ kind: "connect", slot, outcome: await tryConnect(address, port, timeoutMs) });
  } catch (error) {
    // Too few file descriptors, for instance: that is no evidence against the machine.
    log.warn({ slot, address, port, problem: String(error) }, "could not try to connect");
  }
}

function tryConnect(host: string, port: number, timeoutMs: number): Promise<ConnectOutcome> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => finish("silent"), timeoutMs);
    const finish = (outcome: ConnectOutcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    socket.on("connect", () => finish("open"));
    socket.on("error", (error) => {
      const outcome = connectOutcomeOf(error);
      if (outcome !== undefined) return finish(outcome);
      clearTimeout(timer);
      reject(error);
    });
  });
}
