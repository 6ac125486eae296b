/** The sample service of a worker. It needs nothing but who it is, keeps nothing, and every worker answers alike. */
import { uptime } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { logEvent } from "../shared/logEvent.ts";
import { readNodeFacts } from "../shared/nodeFacts.ts";
import { createService } from "./service.ts";
import { swiftness, warmUp } from "./warmUp.ts";

/** The balancers have seen the health answer and left by then. */
const leaveMs = 500;
/** What is still running after that is cut. */
const finishMs = 10_000;
/** A service that starts later than this is missed already, and nothing boots beside it. */
const bootS = 120;

const facts = readNodeFacts(process.env.VIGIL_NODE_FILE ?? "/etc/vigil/node.json");
const incarnation = crypto.randomUUID();
const staticFolder = process.env.VIGIL_STATIC_FOLDER ?? "/usr/share/vigil";
const drainFile = process.env.VIGIL_DRAIN_FILE ?? "/run/vigil/drain";
const options = { facts, incarnation, staticFolder, drainFile };
const { server, startDraining } = createService(options);

void start();
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

/** Until it is warm its port refuses, which sends the balancers elsewhere at once. */
async function start(): Promise<void> {
  const limits = uptime() < bootS ? swiftness : { ...swiftness, limitMs: 0 };
  await warmUp(createService(options).server, limits);
  server.listen(facts.servicePort, "0.0.0.0", () => {
    logEvent("serving", { port: facts.servicePort, incarnation, startMs: Math.round(performance.now()) });
  });
}

/** Sends the balancers away first, then stops accepting, then lets the requests under way finish. */
async function stop(): Promise<void> {
  logEvent("draining");
  startDraining();
  await sleep(leaveMs);
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await Promise.race([closed, sleep(finishMs)]);
  server.closeAllConnections();
  logEvent("stopped");
  process.exit(0);
}
