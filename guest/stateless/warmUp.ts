import { once } from "node:events";
import { Agent, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const rounds = 40;
/** A machine that is slower than this is not made faster by more of it. */
const limitMs = 3_000;
const paths = ["/healthz", "/random/number"];

/**
 * Sends requests to a service of its own on the loopback, so that the first users of a machine that has just come up do
 * not wait for its programs to be compiled. The server must not listen yet, and does not afterwards. Rejects if the
 * service does not answer itself: then it would answer nobody.
 */
export async function warmUp(server: Server): Promise<void> {
  const untilMs = performance.now() + limitMs;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  try {
    for (let round = 0; round < rounds && performance.now() < untilMs; round += 1) {
      for (const path of paths) await ask(port, path, agent);
    }
  } finally {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  }
}

async function ask(port: number, path: string, agent: Agent): Promise<void> {
  const [response] = (await once(get({ host: "127.0.0.1", port, path, agent }), "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
}
