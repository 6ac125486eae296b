/** Whether a run may end as it is: everything is well, or whoever has to mend it has been told. */
import type { State } from "../core/state.ts";
import { isWell } from "./machine.ts";
import type { Scenario } from "./scenario.ts";
import type { Watch } from "./watch.ts";
import type { World } from "./world.ts";

export interface Outcome {
  readonly scenario: Scenario;
  readonly world: World;
  readonly state: State;
  readonly watch: Watch;
}

/** Everything is green and in its place, and nobody has been left with a page. */
export function isAtRest(outcome: Outcome): boolean {
  const { world, state, watch } = outcome;
  const isDone = Object.values(state.slots).every(({ status, slot }) => {
    const machine = world.machine(slot);
    const isInPlace = machine.isDrained === (watch.told.slots.get(slot)?.isDrained ?? false);
    return (status === "green" && isWell(machine, world.nowMs) && isInPlace) || isExcused(outcome, slot);
  });
  if (world.isLeftOver) return isDone && isLeftToPersons(outcome);
  return isDone && ([...watch.pages].length === 0 || isDueForEver(outcome));
}

/** What is left of a change that was cut short is removed, or was tried to be as often as it may; then persons are told. */
function isLeftToPersons({ watch }: Outcome): boolean {
  return watch.settlings >= 3 && watch.pages.has("drift");
}

/** More than half of the workers that do not answer while their domains run are left to a person, who is told. */
function isExcused({ scenario, world, watch }: Outcome, slot: string): boolean {
  if (scenario.faults.some((fault) => fault.slot === slot && !Number.isFinite(fault.forMs))) return true;
  return isMass(world) && watch.pages.has("massFailure");
}

function isDueForEver({ scenario, world }: Outcome): boolean {
  const lasting = scenario.faults.some(({ forMs }) => !Number.isFinite(forMs));
  return lasting || isMass(world);
}

function isMass({ machines }: World): boolean {
  const workers = [...machines.values()].filter(({ role }) => role === "worker");
  const soft = workers.filter(({ ills }) => {
    return (
      ills.has("machineHung") || ills.has("machineUnreachable") || ills.has("serviceHung") || ills.has("serviceBusy")
    );
  });
  const dead = workers.filter(({ ills }) => ills.has("serviceDead"));
  const wrong = workers.filter(({ ills }) => ills.has("serviceWrong"));
  const full = workers.filter(({ ills }) => ills.has("guestDiskFull"));
  const rebooting = workers.filter(({ ills }) => ills.has("machineReboots"));
  return [soft, dead, wrong, full, rebooting].some(({ length }) => length >= 2 && length * 2 > workers.length);
}

/** What is wrong at this moment and no person has been told of. */
export function untold({ watch, state }: Outcome): string | undefined {
  if (watch.pages.size > 0) return undefined;
  const isInHand = (status: string) => ["green", "settling", "repairing"].includes(status);
  const untold = Object.values(state.slots).find(({ status }) => !isInHand(status));
  return untold && `${untold.slot} is ${untold.status} and nobody knows: ${untold.sentence}`;
}

export function whatIsNot({ world, state, watch }: Outcome): string {
  const slots = Object.values(state.slots).filter(({ status }) => status !== "green");
  const words = slots.map(({ slot, status, sentence }) => `${slot} is ${status}: ${sentence}`);
  const ills = [...world.machines.values()].filter((machine) => !isWell(machine, world.nowMs));
  const misplaced = [...world.machines.values()].filter(({ slot, isDrained }) => {
    return isDrained !== watch.told.slots.get(slot)?.isDrained;
  });
  words.push(...misplaced.map(({ slot, isDrained }) => `${slot} is ${isDrained ? "out of" : "in"} rotation`));
  if (world.isLeftOver) words.push(`something is left of another number of workers after ${watch.settlings} tries`);
  words.push(...ills.map(({ slot }) => `${slot} is not well`));
  return [...words, ...[...watch.pages].map((topic) => `page ${topic}`)].join("; ");
}
