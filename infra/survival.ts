/**
 * N-1: does the service survive the loss of any one host? The answer rests on what the given plans say and on nothing
 * else. One stack knows its own workers but not how many another stack declares; for those it answers "unknown"
 * rather than guess. With the plans of all stacks every answer is yes or no.
 */
import type { StackPlan } from "./plan.ts";

export interface SurvivalFinding extends Judgement {
  readonly lostHost: string;
}

interface Judgement {
  readonly verdict: "survives" | "fails" | "unknown";
  /** One sentence for a person. */
  readonly reason: string;
}

/** All plans must be of the same site. The findings are in the order of the site's hosts. */
export function checkSurvival(plans: readonly StackPlan[]): SurvivalFinding[] {
  const site = plans[0]?.site;
  if (site === undefined) throw new Error("the N-1 check needs the plan of at least one stack");
  const workersOf = new Map(plans.map((plan) => [plan.host.name, countWorkers(plan)]));

  return site.hosts.map(({ name: lostHost }) => {
    const survivors = site.hosts.map((host) => host.name).filter((host) => host !== lostHost);
    return { lostHost, ...judge(lostHost, survivors, workersOf) };
  });
}

function judge(lost: string, survivors: readonly string[], workersOf: ReadonlyMap<string, number>): Judgement {
  if (survivors.length === 0) {
    return { verdict: "fails", reason: `without ${lost} no host remains: add a second one to the site` };
  }
  const workers = survivors.reduce((sum, host) => sum + (workersOf.get(host) ?? 0), 0);
  if (workers > 0) {
    // Every host of a site has one balancer by construction, so each survivor brings one.
    const left = `${count(survivors.length, "balancer")} and ${count(workers, "worker")}`;
    return { verdict: "survives", reason: `without ${lost}, ${left} remain` };
  }
  const unseen = survivors.filter((host) => !workersOf.has(host));
  if (unseen.length > 0) {
    const reason = `without ${lost} the service rests on the workers of ${unseen.join(", ")}, which this plan does not show`;
    return { verdict: "unknown", reason };
  }
  return { verdict: "fails", reason: `without ${lost} no worker remains: declare one on ${survivors.join(" or ")}` };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function countWorkers(plan: StackPlan): number {
  return plan.slots.filter((slot) => slot.role === "worker").length;
}
