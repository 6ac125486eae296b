import type { Fault } from "./faults.ts";
import type { Scenario } from "./scenario.ts";

export interface Story {
  readonly name: string;
  /** What the transcript shows, in one sentence. */
  readonly purpose: string;
  readonly scenario: Scenario;
}

/** Five short runs with the real limits, for people to read: what the healer says and does when something breaks. */
export const stories: readonly Story[] = [
  story("crash", "A worker's process dies, and it is made anew once.", [fault("kill", 15_000, 0, "web-1")]),
  story("ladder", "A hung guest is reset after 15 s; that does not help, so it is replaced.", [
    fault("hang-guest", 15_000, 2, "web-2"),
  ]),
  story(
    "cut-workers",
    "All workers fall silent for 8 s while their domains run: nothing is repaired, a person is told.",
    [{ ...fault("cut-workers", 15_000, 0), forMs: 8_000 }],
  ),
  story("locked", "A worker dies while a person's update holds the stack: it waits without spending, and tells.", [
    { ...fault("lock", 14_000, 0), forMs: 12_000 },
    fault("undefine", 15_000, 0, "web-1"),
  ]),
  story("killed-at-repair", "The healer dies as it begins a repair; the next one counts that repair and finishes it.", [
    { ...fault("kill-healer-at-repair", 14_000, 0), forMs: 3_000 },
    fault("destroy", 15_000, 0, "web-1"),
  ]),
];

function story(name: string, purpose: string, faults: readonly Fault[]): Story {
  return { name, purpose, scenario: { seed: 1, workers: 3, limits: "kvm", faults, quietMs: 20_000 } };
}

function fault(kind: Fault["kind"], atMs: number, depth: number, slot?: string): Fault {
  return { kind, atMs, depth, forMs: 1_000, ...(slot === undefined ? {} : { slot }) };
}
