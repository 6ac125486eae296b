import { once } from "node:events";
import { Agent, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const rounds = 40;
/** A machine that is slower than this is not made faster by more of it. */
const compileLimitMs = 3_000;
const paths = ["/healthz", "/random/number"];

export interface Swiftness {
  /** A machine that answers itself within this is fit for users: an emulated one takes a tenth of it when it is warm. */
  readonly swiftMs: number;
  /** So many rounds in a row have to be swift: one that waits for its host's processors stands still now and then. */
  readonly inARow: number;
  /** Between two rounds: whoever boots beside it needs the processors more. */
  readonly pauseMs: number;
  /** A machine that is not swift by then has to do as it is. */
  readonly limitMs: number;
}

/** Of a machine that has just come up. */
export const swiftness: Swiftness = { swiftMs: 100, inARow: 10, pauseMs: 50, limitMs: 10_000 };

/**
 * Sends requests to a service of its own on the loopback, so that the first users of a machine that has just come up do
 * not wait for its programs to be compiled, nor for what else its host has to do meanwhile. The server must not listen
 * yet, and does not afterwards. Rejects if the service does not answer itself: then it would answer nobody.
 */
export async function warmUp(server: Server, limits: Swiftness = swiftness): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  try {
    await untilSwift(() => askRound(port, agent), limits);
  } finally {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  }
}

/** On a machine that is swift at once, no longer than the rounds take. */
async function untilSwift(askRound: () => Promise<void>, { swiftMs, inARow, pauseMs, limitMs }: Swiftness) {
  const begunMs = performance.now();
  const isWithin = (ms: number) => performance.now() - begunMs < ms;
  let swift = 0;
  const timeRound = async () => {
    const askedMs = performance.now();
    await askRound();
    swift = performance.now() - askedMs < swiftMs ? swift + 1 : 0;
  };
  for (let round = 0; round < rounds && isWithin(compileLimitMs); round += 1) await timeRound();
  while (swift < inARow && isWithin(limitMs)) {
    await sleep(pauseMs);
    await timeRound();
  }
}

async function askRound(port: number, agent: Agent): Promise<void> {
  for (const path of paths) await ask(port, path, agent);
}

async function ask(port: number, path: string, agent: Agent): Promise<void> {
  const [response] = (await once(get({ host: "127.0.0.1", port, path, agent }), "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
}
