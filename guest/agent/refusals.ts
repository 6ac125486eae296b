import { createSocket } from "node:dgram";
import { logEvent } from "../shared/logEvent.ts";

/** Where nginx's log of refusals goes: one datagram for each request that no worker was free to take. */
export const refusalsPort = 8514;
/** Refusals that are closer than this belong to one rush, which is logged once. */
const rushEndsMs = 60_000;

/** Counts the requests that nginx has refused, from the agent's start on. */
export class Refusals {
  #count = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(port = refusalsPort) {
    const socket = createSocket("udp4", () => this.#counted());
    socket.on("error", (error) => logEvent("error", { error: `refusals are not counted: ${error.message}` }));
    socket.bind(port, "127.0.0.1");
    socket.unref();
  }

  get count(): number {
    return this.#count;
  }

  #counted(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs > rushEndsMs) logEvent("refusing", { reason: "every worker has as much as it may have" });
    this.#count += 1;
    this.#lastMs = nowMs;
  }
}
