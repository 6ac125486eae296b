import type { BalancerInput, BalancerSlot } from "./balancerInput.ts";

/**
 * Renders what the agent of a balancer reads: who may serve, and how it finds out who does. A machine that dies right
 * after a check is out of the pool after the interval that was under way, one time-out and a little for the second
 * check, which overlaps the first: about 500 ms. A request that dies with it is then repeated: it takes longer by that
 * and by the time that it had already run. Checking more often would shorten this and keep emulated machines busier.
 */
export function renderBalancerJson(plan: BalancerInput, _slot: BalancerSlot): string {
  const settings = {
    version: 1,
    vip: plan.site.vip,
    candidates: plan.candidates.map(({ id, address, port }) => ({ id, address, port })),
    checkIntervalMs: 200,
    checkTimeoutMs: 250,
    // Two, so that one lost answer of a busy machine never moves traffic.
    fall: 2,
    // One, because the pool must be whole again within a second of its workers' return.
    rise: 1,
    // Most candidates are slots that nobody has built: they cost one look in three seconds.
    absentIntervalMs: 3000,
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
