import { type NodeFacts, slotId } from "../shared/nodeFacts.ts";
import { type Change, Checker, type Target } from "./checker.ts";
import { judgeStatus, judgeWorker } from "./healthAnswer.ts";

/** These judgements take nothing from anybody, so nothing is gained by doubting them. */
export const plainly = {
  unbuiltAfterMs: Number.POSITIVE_INFINITY,
  fall: 2,
  busyFall: 2,
  rise: 1,
  softLimitMs: 10_000,
  falseAlarmsLastMs: 0,
  maxFalseAlarms: 0,
  youngMs: 0,
  slownessLastsMs: 0,
  slownessFactor: 0,
};

/** Watches this machine's own service. It is asked as the network asks it, but through its own address. */
export function watchService(facts: NodeFacts, onChange: (change: Change) => void): Checker {
  return new Checker(
    {
      tickMs: 125,
      intervalMs: 500,
      timeoutMs: 600,
      giveUpMs: 1800,
      absentIntervalMs: 100,
      ...plainly,
    },
    [ownService(facts)],
    { onChange },
  );
}

/**
 * Watches a balancer's whole way to a worker, through its own nginx. Nothing hangs on it but what the balancer says of
 * itself; and a balancer that stands by has just used the way that it may need next.
 */
export function watchPath(facts: NodeFacts, onChange: (change: Change) => void): Checker {
  return new Checker(
    {
      tickMs: 250,
      intervalMs: 1000,
      timeoutMs: 600,
      giveUpMs: 1800,
      absentIntervalMs: 1000,
      ...plainly,
    },
    [{ id: "path", address: facts.address, port: facts.servicePort, path: "/healthz", judge: judgeStatus }],
    { onChange },
  );
}

function ownService(facts: NodeFacts): Target {
  const id = slotId(facts);
  const { address, servicePort: port, site } = facts;
  if (facts.role === "balancer") return { id, address, port, path: "/vigil/balancer/health", judge: judgeStatus };
  return { id, address, port, path: "/healthz", judge: (answer) => judgeWorker(answer, { site, id }) };
}
