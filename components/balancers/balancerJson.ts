import type { BalancerInput } from "./balancerInput.ts";

/**
 * Renders what the agent of a balancer reads: who may serve, and how it finds out who does. A machine that dies right
 * after a check is out of the pool after the interval that was under way, one time-out and a little for the knock, which
 * overlaps the check: about 400 ms. A request that dies with it is then repeated: it takes longer by that
 * and by the time that it had already run. A balancer that stands by has no such requests, so it asks less often and
 * leaves the workers' time to their work; it hastens when it takes the address.
 */
export function renderBalancerJson(plan: BalancerInput): string {
  const settings = {
    version: 1,
    vip: plan.site.vip,
    peers: plan.peers.map(({ id, address }) => ({ id, address })),
    witness: plan.site.witness,
    requestsAtOnce: plan.site.requestsAtOnce,
    candidates: plan.candidates.map(({ id, address, port }) => ({ id, address, port })),
    checkIntervalMs: 150,
    standbyIntervalMs: 450,
    checkTimeoutMs: 150,
    // Two, so that one lost answer of a busy machine never moves traffic.
    fall: 2,
    // One, because the pool must be whole again within a second of its workers' return.
    rise: 1,
    // Most candidates are slots that nobody has built. The agent asks them more seldom once the site is up.
    absentIntervalMs: 3000,
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
