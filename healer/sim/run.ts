/** One run: the real core in the simulated world, from the first beat to the end of all that went wrong. */
import type { Action } from "../core/actions.ts";
import type { Event } from "../core/events.ts";
import type { Beat, Timed } from "../core/facts.ts";
import type { Limits } from "../core/limits.ts";
import { isWellAgain } from "../core/lookAgain.ts";
import { initialState, noPast, type PlannedSlot, type State } from "../core/state.ts";
import { step } from "../core/step.ts";
import { beginFault, endFault } from "./breakWorld.ts";
import type { Fault } from "./faults.ts";
import { beatOf, plannedFiles, polled, speaks } from "./machine.ts";
import { isAtRest, type Outcome, untold, whatIsNot } from "./outcome.ts";
import { Random } from "./random.ts";
import { Rim } from "./rim.ts";
import { type Scenario, slotsOf } from "./scenario.ts";
import { SimJournal } from "./simJournal.ts";
import { simLimits } from "./simLimits.ts";
import { Violation } from "./violation.ts";
import { Watch } from "./watch.ts";
import { World } from "./world.ts";

export type Listener = (nowMs: number, event: Event, reason: string, actions: readonly Action[]) => void;

export interface RunResult {
  readonly violation: Violation | undefined;
  /** How long the run lasted in its own time, and how many events the core has heard. */
  readonly tookMs: number;
  readonly events: number;
}

const enough = 4 * 1024 ** 3;

export function run(scenario: Scenario, listener?: Listener): RunResult {
  const simulation = new Simulation(scenario, listener);
  let violation: Violation | undefined;
  try {
    simulation.lead();
  } catch (error) {
    violation = error instanceof Violation ? error : new Violation("the core never fails", String(error));
  }
  return { violation, tookMs: simulation.nowMs, events: simulation.events };
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #limits: Limits;
  readonly #world: World;
  readonly #rim: Rim;
  readonly #watch: Watch;
  readonly #listener: Listener | undefined;
  readonly #planned: readonly PlannedSlot[];
  readonly #journal: SimJournal;
  #state: State;
  #deadUntilMs: number | undefined;
  #stalledSinceMs: number | undefined;
  #nextBeatsMs = 0;
  #nextPollMs = 0;
  #nextSpaceMs = 0;
  #greenSinceMs: number | undefined;
  events = 0;

  constructor(scenario: Scenario, listener: Listener | undefined) {
    const slots = slotsOf(scenario);
    this.#scenario = scenario;
    this.#limits = simLimits[scenario.limits];
    this.#world = new World(slots, this.#limits, new Random(scenario.seed ^ 0x5bd1e995));
    this.#rim = new Rim(this.#world, (slot) => this.#isWell(slot));
    this.#watch = new Watch(this.#world, this.#limits);
    this.#journal = new SimJournal(this.#world);
    this.#listener = listener;
    this.#planned = [...this.#world.machines.values()].map(({ slot, role }) => ({ slot, role, plannedFiles }));
    this.#state = initialState(this.#planned, noPast, 0, this.#limits);
    for (const fault of scenario.faults) this.#schedule(fault);
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }

  lead(): void {
    const { quietMs, faults } = this.#scenario;
    const isLasting = faults.some(({ forMs }) => !Number.isFinite(forMs));
    const { budgetWindowMs, breakerOpenMs, repairDeadlineMs, bootMs, reboots } = this.#limits;
    const patienceMs = isLasting
      ? 60_000 + repairDeadlineMs + 3 * bootMs
      : 6 * budgetWindowMs + 2 * breakerOpenMs + 3 * (repairDeadlineMs + bootMs);
    let nextLookMs = 0;
    while (this.nowMs < quietMs + patienceMs) {
      this.#round();
      if (this.nowMs < nextLookMs || this.#deadUntilMs !== undefined || this.#stalledSinceMs !== undefined) continue;
      nextLookMs = this.nowMs + 2_000;
      if (this.nowMs - this.#watch.told.startedMs > 6_000) this.#watch.checkPages(this.#state);
      if (this.nowMs > quietMs && this.#isOver()) return;
    }
    if (!isLasting) throw new Violation("all becomes green when faults stop", whatIsNot(this.#outcome));
    // What comes and goes is told of when it has come often enough.
    const untilMs = this.nowMs + reboots * (bootMs + 10_000);
    while (this.nowMs < untilMs && untold(this.#outcome) !== undefined) this.#round();
    const left = untold(this.#outcome);
    if (left !== undefined) throw new Violation("persons are told what only they can mend", left);
  }

  #schedule(fault: Fault): void {
    const world = this.#world;
    world.after(fault.atMs, () => {
      beginFault(world, fault);
      this.#beginOfHealer(fault);
    });
    if (Number.isFinite(fault.forMs)) world.after(fault.atMs + fault.forMs, () => endFault(world, fault));
  }

  #beginOfHealer({ kind, slot, forMs, depth }: Fault): void {
    const shortMs = Math.min(forMs, 12_000);
    if (kind === "kill-healer") this.#die(shortMs, depth > 0);
    if (kind === "stop-healer" && this.#deadUntilMs === undefined) {
      this.#stalledSinceMs ??= this.nowMs;
      this.#world.after(shortMs, () => this.#wake());
    }
    if (this.#deadUntilMs !== undefined) return;
    if (kind === "pause") this.#world.tell(0, { kind: "pause", slot, forMs, by: "root" });
    if (kind === "resume") this.#world.tell(0, { kind: "resume", slot, by: "root" });
    const anySlot = () => this.#world.random.pick([...this.#world.machines.keys()]);
    if (kind === "replace" || kind === "undrain") this.#world.tell(0, { kind, slot: slot ?? anySlot(), by: "root" });
    if (kind === "moveVip") this.#world.tell(0, { kind, by: "root" });
    if (kind === "scale") {
      const workers = this.#world.random.between(1, this.#scenario.workers + 1);
      this.#world.tell(0, { kind, workers, by: "root" });
    }
    if (kind === "drain") {
      const force = this.#world.random.chance(0.3);
      this.#world.tell(0, { kind, slot: slot ?? anySlot(), by: "root", force });
    }
    if (kind === "stale-result") this.#tellStale(depth);
  }

  /** The answer to a question of long ago, or of another healer. */
  #tellStale(depth: number): void {
    const slot = this.#world.random.pick([...this.#world.machines.keys()]);
    const generation = this.#state.generation - depth;
    const outcome = this.#world.random.chance(0.5)
      ? ({ ok: true, tookMs: 1_000 } as const)
      : ({ ok: false, code: "failed", reason: "an old failure" } as const);
    if (this.#state.slots[slot]?.attempt?.generation === generation && this.#state.slots[slot]?.status === "repairing")
      return;
    this.#send({ kind: "repaired", generation, slot, outcome });
  }

  #isWell(slot: string): boolean {
    const answer = isWellAgain(this.#state, slot, this.#limits, this.nowMs);
    if (this.#stalledSinceMs === undefined) this.#watch.checkLastLook(slot, answer);
    return answer;
  }

  #wake(): void {
    if (this.#stalledSinceMs === undefined) return;
    const lagMs = this.nowMs - this.#stalledSinceMs;
    this.#stalledSinceMs = undefined;
    if (this.#world.random.chance(0.5)) this.#beats();
    this.#send({ kind: "tick", lagMs });
  }

  #die(forMs: number, endsEngine: boolean): void {
    this.#rim.die(endsEngine);
    this.#stalledSinceMs = undefined;
    this.#deadUntilMs = Math.max(this.#deadUntilMs ?? 0, this.nowMs + forMs);
  }

  #revive(): void {
    this.#deadUntilMs = undefined;
    this.#state = initialState(this.#planned, this.#journal.reopen(), this.nowMs, this.#limits);
    this.#watch.restart();
  }

  #round(): void {
    const world = this.#world;
    world.advance(this.nowMs < world.busyUntilMs ? 200 : 500);
    this.#watch.look(this.#state);
    if (this.#deadUntilMs !== undefined) {
      if (this.nowMs < this.#deadUntilMs) return;
      this.#revive();
    }
    if (this.#stalledSinceMs !== undefined) return;
    this.#journal.noteClock();
    this.#beats();
    this.#deliver();
    if (this.#deadUntilMs !== undefined) return;
    if (this.nowMs >= this.#nextPollMs) this.#poll();
    this.#send({ kind: "tick", lagMs: 0 });
  }

  #beats(): void {
    if (this.nowMs < this.#nextBeatsMs) return;
    this.#nextBeatsMs = this.nowMs + 200;
    const world = this.#world;
    const beats: Record<string, Timed<Beat>> = {};
    for (const machine of world.machines.values()) {
      if (!speaks(machine, this.nowMs)) continue;
      if (machine.ills.has("slow") && world.random.chance(0.7)) continue;
      beats[machine.slot] = { value: beatOf(machine, this.nowMs), atMs: this.nowMs };
    }
    if (Object.keys(beats).length > 0) this.#send({ kind: "beats", beats });
  }

  #deliver(): void {
    const { inbox } = this.#world;
    for (let index = 0; index < inbox.length; ) {
      const message = inbox[index];
      if (message === undefined || message.dueMs > this.nowMs) {
        index += 1;
        continue;
      }
      inbox.splice(index, 1);
      this.#send(message.event);
      if (this.#deadUntilMs !== undefined) return;
    }
  }

  #poll(): void {
    const world = this.#world;
    this.#nextPollMs = this.nowMs + 1_000;
    const isSilent = world.isOn("stop-libvirtd") || (world.isOn("polls-fail") && world.random.chance(0.6));
    if (isSilent) this.#send({ kind: "hypervisorSilent", reason: "no answer in 3 s" });
    else {
      const domains = Object.fromEntries([...world.machines].map(([slot, machine]) => [slot, polled(machine)]));
      this.#send({ kind: "domains", domains });
    }
    if (this.nowMs < this.#nextSpaceMs || this.#deadUntilMs !== undefined) return;
    this.#nextSpaceMs = this.nowMs + 5_000;
    const poolFreeBytes = world.isOn("fill-pool") ? 100 * 1024 ** 2 : enough;
    const stateFreeBytes = world.isOn("fill-state") ? 1024 ** 2 : enough;
    this.#send({ kind: "space", poolFreeBytes, stateFreeBytes });
  }

  #send(event: Event): void {
    if (this.#deadUntilMs !== undefined) return;
    this.events += 1;
    const before = this.#state;
    const after = step(before, event, this.#limits, this.nowMs);
    this.#state = after.state;
    const dyingAt = this.#dyingAt(after.actions);
    const done = dyingAt === undefined ? after.actions : after.actions.slice(0, dyingAt + 1);
    if (this.#listener !== undefined) this.#listener(this.nowMs, event, after.reason, done);
    if (dyingAt === undefined) this.#watch.check(before, event, after);
    else this.#watch.checkLast(event, after.state, done);
    for (const action of done) {
      if (action.kind === "journal") this.#journal.write(action.entry);
      else this.#rim.do(action);
    }
    if (dyingAt !== undefined) this.#die(this.#world.random.between(500, 3_000), true);
  }

  /** The worst moment to die: the repair stands in the journal, and nothing of it has been done. */
  #dyingAt(actions: readonly Action[]): number | undefined {
    if (actions.length === 0 || !this.#world.isOn("kill-healer-at-repair")) return undefined;
    const index = actions.findIndex((action) => action.kind === "journal" && action.entry.kind === "repairBegun");
    return index < 0 ? undefined : index;
  }

  /** It stays so for some seconds. */
  #isOver(): boolean {
    if (!isAtRest(this.#outcome)) {
      this.#greenSinceMs = undefined;
      return false;
    }
    this.#greenSinceMs ??= this.nowMs;
    return this.nowMs - this.#greenSinceMs >= 5_000;
  }

  get #outcome(): Outcome {
    return { scenario: this.#scenario, world: this.#world, state: this.#state, watch: this.#watch };
  }
}
