import type { Checker } from "./checker.ts";
import type { Failure, TargetHealth } from "./targetHealth.ts";

export interface ServiceState {
  /** `starting`: not seen up since the agent started. */
  readonly state: "up" | "starting" | "draining" | Failure;
  /** One sentence: why the state is what it is. */
  readonly reason: string;
}

/** What the checks of the one thing that a checker watches say about it. */
export function stateOf(checker: Pick<Checker, "view">): ServiceState {
  const health = checker.view()[0]?.health;
  if (health === undefined) return { state: "starting", reason: "not looked yet" };
  return { state: nameOf(health), reason: health.reason };
}

function nameOf({ verdict, everUp, failure }: TargetHealth): ServiceState["state"] {
  if (verdict === "up" || verdict === "draining") return verdict;
  if (!everUp) return "starting";
  return failure ?? "silent";
}
