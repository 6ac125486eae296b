import type { Fault } from "./faults.ts";
import { run } from "./run.ts";
import type { Scenario } from "./scenario.ts";

/** Leaves out one fault after the other for as long as the run still fails in the same way: the rest is the reason. */
export function shrink(scenario: Scenario, invariant: string): Scenario {
  let smallest = scenario;
  for (let index = 0; index < smallest.faults.length; ) {
    const faults: readonly Fault[] = smallest.faults.toSpliced(index, 1);
    const candidate = { ...smallest, faults };
    if (run(candidate).violation?.invariant === invariant) smallest = candidate;
    else index += 1;
  }
  return smallest;
}
