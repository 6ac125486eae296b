/** Does in the simulated world what the core wants done, with all the ways in which that can go wrong. */
import type { Action } from "../core/actions.ts";
import type { Event, RepairOutcome } from "../core/events.ts";
import { answersPing, cure, type Machine, speaks } from "./machine.ts";
import { type Failure, failed, isInReach, perform } from "./perform.ts";
import type { World } from "./world.ts";

interface Job {
  cancelled: boolean;
  /** Nothing has been begun that would go on without the healer. */
  waits: boolean;
  /** What becomes of its machines when it is ended on the way. */
  cutShort?: () => void;
}

export class Rim {
  readonly #world: World;
  readonly #isWell: (slot: string) => boolean;
  /** Answers are for the healer that asked: one that died gets none. */
  #life = 0;
  #job: Job | undefined;

  /** `isWell`: the last look at a machine before it is deleted. */
  constructor(world: World, isWell: (slot: string) => boolean) {
    this.#world = world;
    this.#isWell = isWell;
  }

  do(action: Action): void {
    switch (action.kind) {
      case "probe":
        this.#probe(this.#world.machine(action.slot));
        break;
      case "operate":
        this.#operate(action);
        break;
      case "replace":
        this.#replace(action);
        break;
      case "moveVip":
        this.#moveVip(action);
        break;
      case "scale":
        this.#scale(action);
        break;
      case "rotate":
        this.#rotate(action);
        break;
      case "checkDrift":
        this.#checkDrift(action.generation);
        break;
      default:
        break;
    }
  }

  /** The healer has died. Its engine goes on alone, or is ended half-way. */
  die(endsEngine: boolean): void {
    this.#life += 1;
    this.#world.inbox.length = 0;
    if (this.#job === undefined || (!endsEngine && !this.#job.waits)) return;
    this.#job.cancelled = true;
    this.#job.cutShort?.();
    this.#job = undefined;
  }

  #answer(life: number, generation: number, slot: string, outcome: RepairOutcome): void {
    if (life === this.#life) this.#world.tell(0, { kind: "repaired", generation, slot, outcome });
  }

  #probe(machine: Machine): void {
    if (this.#world.isOn("probes-lost")) return;
    const delayMs = this.#world.random.between(20, 300);
    const answered = answersPing(machine);
    const isListening = speaks(machine, this.#world.nowMs);
    const isRefusing = answered && machine.ills.has("agentDead");
    const outcome = isListening ? "open" : isRefusing ? "refused" : "silent";
    this.#world.tell(delayMs, { kind: "ping", slot: machine.slot, answered });
    this.#world.tell(delayMs, { kind: "connect", slot: machine.slot, outcome });
  }

  /** The engine does one thing at a time: a check that is asked for during an update comes after it. */
  #checkDrift(generation: number): void {
    const life = this.#life;
    this.#world.after(this.#world.random.between(1_000, 8_000), () => {
      if (life !== this.#life) return;
      if (this.#job === undefined) this.#tellDrift(generation);
      else this.#checkDrift(generation);
    });
  }

  #tellDrift(generation: number): void {
    const { random, machines } = this.#world;
    const left = [...machines.values()].filter(({ unfinished }) => unfinished).map(({ slot }) => `${slot}: replace`);
    if (this.#world.isLeftOver) left.push("web-9-disk: delete");
    if (left.length > 0) {
      const found = { clean: false, found: left.join("; ") } as const;
      this.#world.tell(0, { kind: "driftChecked", generation, drift: found });
      return;
    }
    const drift: Extract<Event, { kind: "driftChecked" }>["drift"] = random.chance(0.9)
      ? { clean: true }
      : random.chance(0.5)
        ? { clean: undefined, reason: "the stack is locked" }
        : { clean: false, found: "1 resource to update" };
    this.#world.tell(0, { kind: "driftChecked", generation, drift });
    if (drift.clean === false) this.#world.tell(20_000, { kind: "driftChecked", generation, drift: { clean: true } });
  }

  #operate({ slot, operation, generation }: Extract<Action, { kind: "operate" }>): void {
    const { random, limits } = this.#world;
    const life = this.#life;
    const hangs = this.#world.isOn("operations-hang") && random.chance(0.7);
    if (hangs && random.chance(0.6)) return;
    const tookMs = hangs ? limits.repairDeadlineMs + random.between(0, 5_000) : random.between(200, 2_000);
    this.#world.after(tookMs, () => {
      const failure = hangs ? failed("it hung") : perform(this.#world, this.#world.machine(slot), operation);
      this.#answer(life, generation, slot, failure ?? { ok: true, tookMs });
    });
  }

  /** A balancer keeps the address if no other host has one that could take it. */
  #moveVip({ slot, generation }: Extract<Action, { kind: "moveVip" }>): void {
    const life = this.#life;
    const world = this.#world;
    if (world.isOn("engine-silent")) return;
    const failure = this.#refusal() ?? (world.isOn("engine-fails") ? failed("the engine fails") : undefined);
    const tookMs = world.random.between(500, 8_000);
    world.after(tookMs, () => {
      const machine = world.machine(slot);
      if (failure === undefined && world.random.chance(0.7)) machine.holdsVip = false;
      if (life === this.#life)
        world.tell(0, { kind: "vipMoved", generation, outcome: failure ?? { ok: true, tookMs } });
    });
  }

  /**
   * The machines of a run stay the same. So a change of their number comes to nothing in one way or another, and may leave
   * something behind; an update for the number that there is removes that.
   */
  #scale({ workers, generation }: Extract<Action, { kind: "scale" }>): void {
    const life = this.#life;
    const world = this.#world;
    const workersThere = [...world.machines.values()].filter(({ role }) => role === "worker").length;
    const leave = () => {
      if (workers > workersThere && world.random.chance(0.7)) world.isLeftOver = true;
    };
    if (world.isOn("engine-silent")) {
      leave();
      return;
    }
    const tookMs = world.random.between(500, 8_000);
    const answer = (outcome: RepairOutcome) => {
      if (life === this.#life) world.tell(0, { kind: "scaled", generation, outcome });
    };
    const isShort = workers !== workersThere && world.random.chance(0.3);
    const lack: Failure | undefined = isShort
      ? { ok: false, code: "preflight", reason: "there is no space" }
      : undefined;
    const refusal = this.#refusal() ?? lack;
    if (refusal !== undefined) {
      world.after(tookMs, () => answer(refusal));
      return;
    }
    const job: Job = { cancelled: false, waits: false, cutShort: leave };
    this.#job = job;
    world.after(tookMs, () => {
      if (job.cancelled) return;
      this.#job = undefined;
      const works = !world.isOn("engine-fails") && !world.isOn("engine-dies") && workers === workersThere;
      if (works) world.isLeftOver = false;
      else leave();
      answer(works ? { ok: true, tookMs } : failed("the engine fails"));
    });
  }

  #rotate({ slot, to, generation }: Extract<Action, { kind: "rotate" }>): void {
    const life = this.#life;
    const world = this.#world;
    if (world.isOn("operations-hang") && world.random.chance(0.7)) return;
    const machine = world.machine(slot);
    const fails = !isInReach(world, machine) || (world.isOn("operations-fail") && world.random.chance(0.8));
    if (!fails) machine.isDrained = to === "out";
    const outcome = fails ? ({ ok: false, reason: "nobody answers in it" } as const) : ({ ok: true } as const);
    world.after(world.random.between(200, 4_000), () => {
      if (life === this.#life) world.tell(0, { kind: "rotated", slot, generation, outcome });
    });
  }

  #replace({ slots, generation }: Extract<Action, { kind: "replace" }>): void {
    const world = this.#world;
    const life = this.#life;
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      const tookMs = world.random.between(100, 1_000);
      world.after(tookMs, () => {
        for (const slot of slots) this.#answer(life, generation, slot, refusal);
      });
      return;
    }
    const job: Job = { cancelled: false, waits: true };
    this.#job = job;
    // What comes before it may have to give way first.
    const longestMs = world.limits.repairDeadlineMs * 0.2;
    const isSlow = world.isOn("engine-slow");
    world.after(isSlow ? world.random.between(longestMs / 2, longestMs) : world.random.between(0, 500), () => {
      if (job.cancelled) return;
      job.waits = false;
      const left = slots.filter((slot) => {
        const reason = this.#isWell(slot)
          ? "it is well"
          : world.machine(slot).imageThere
            ? undefined
            : "its image is gone";
        if (reason !== undefined) this.#answer(life, generation, slot, { ok: false, code: "preflight", reason });
        return reason === undefined;
      });
      if (left.length > 0) this.#update(job, left, generation);
      else this.#job = undefined;
    });
  }

  #update(job: Job, slots: readonly string[], generation: number): void {
    const world = this.#world;
    const life = this.#life;
    const longestMs = world.limits.repairDeadlineMs * 0.8;
    const tookMs = world.isOn("engine-slow")
      ? world.random.between(longestMs / 2, longestMs)
      : world.random.between(3_000, 8_000);
    const failsEarly = world.isOn("engine-fails");
    const ending = failsEarly
      ? "fails"
      : world.isOn("engine-dies")
        ? "dies"
        : world.isOn("engine-silent")
          ? "silent"
          : "works";
    world.after(tookMs * 0.35, () => {
      if (job.cancelled || failsEarly) return;
      for (const slot of slots) {
        const machine = world.machine(slot);
        machine.domain = "absent";
        machine.reason = "";
        machine.diskThere = false;
        world.announce(machine);
      }
      job.cutShort = () => {
        for (const slot of slots) leaveHalf(world, world.machine(slot));
      };
    });
    world.after(ending === "silent" ? world.limits.repairDeadlineMs + 500 : tookMs, () => {
      if (job.cancelled) return;
      this.#job = undefined;
      if (ending === "silent" && world.random.chance(0.5)) return;
      for (const slot of slots) {
        if (ending === "works") remake(world, world.machine(slot));
        if (ending === "dies") leaveHalf(world, world.machine(slot));
        const outcome = ending === "works" ? ({ ok: true, tookMs } as const) : failed(`the engine ${ending}`);
        world.after(world.random.between(0, 400), () => this.#answer(life, generation, slot, outcome));
      }
    });
  }

  #refusal(): Failure | undefined {
    if (this.#world.isOn("lock")) return { ok: false, code: "locked", reason: "pulumi up of a person holds the stack" };
    if (this.#job !== undefined) return { ok: false, code: "locked", reason: "an update is still under way" };
    if (this.#world.isOn("stop-libvirtd")) return { ok: false, code: "preflight", reason: "libvirt does not answer" };
    if (this.#world.isOn("fill-pool") || this.#world.isOn("fill-state")) {
      return { ok: false, code: "preflight", reason: "there is no space" };
    }
    return undefined;
  }
}

/** An update that dies may have made the machine already, and not have written that down. */
function leaveHalf(world: World, machine: Machine): void {
  if (world.random.chance(0.6)) return;
  remake(world, machine);
  machine.unfinished = true;
}

function remake(world: World, machine: Machine): void {
  cure(machine, "replace");
  machine.diskThere = true;
  machine.unfinished = false;
  world.boot(machine);
}
