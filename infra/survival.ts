/**
 * N-1: does the service survive the loss of any one host? The answer rests on what the given plans say and on nothing
 * else. One stack knows its own workers but not how many another stack declares; for those it answers "unknown"
 * rather than guess. With the plans of all stacks every answer is yes or no.
 */
import type { StackPlan } from "./plan.ts";

export interface SurvivalFinding {
  readonly lostHost: string;
  readonly verdict: "survives" | "fails" | "unknown";
  /** One sentence for a person. */
  readonly reason: string;
}

/** All plans must be of the same site. The findings are in the order of the site's hosts. */
export function checkSurvival(plans: readonly StackPlan[]): SurvivalFinding[] {
  const site = plans[0]?.site;
  if (site === undefined) throw new Error("the N-1 check needs the plan of at least one stack");
  const workersOf = new Map(plans.map((plan) => [plan.host.name, countWorkers(plan)]));

  return site.hosts.map(({ name: lostHost }): SurvivalFinding => {
    const survivors = site.hosts.map((host) => host.name).filter((host) => host !== lostHost);
    if (survivors.length === 0) {
      return {
        lostHost,
        verdict: "fails",
        reason: `without ${lostHost} there is no host: add a second one to the site`,
      };
    }
    // Every host of a site has one balancer by construction, so a survivor always brings one.
    const left = `without ${lostHost} the balancer${survivors.length > 1 ? "s" : ""} of ${survivors.join(", ")} remain${survivors.length > 1 ? "" : "s"}`;
    const workers = survivors.reduce((sum, host) => sum + (workersOf.get(host) ?? 0), 0);
    if (workers > 0) return { lostHost, verdict: "survives", reason: `${left}, with ${workers} planned workers` };
    const unseen = survivors.filter((host) => !workersOf.has(host));
    if (unseen.length > 0) {
      return {
        lostHost,
        verdict: "unknown",
        reason: `${left}; how many workers ${unseen.join(", ")} has is not in this plan`,
      };
    }
    return { lostHost, verdict: "fails", reason: `${left}, but no worker: declare one on ${survivors.join(" or ")}` };
  });
}

function countWorkers(plan: StackPlan): number {
  return plan.slots.filter((slot) => slot.role === "worker").length;
}
