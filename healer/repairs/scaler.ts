/** Changes how many workers a host has: by desired.json, which says what is wanted, and one update of what is deployed. */
import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "../../infra/configError.ts";
import { type Desired, readDesired, writeDesired } from "../../infra/desired.ts";
import { planStack, type SlotPlan } from "../../infra/plan.ts";
import { lackOf, workerRoom } from "../../infra/workerRoom.ts";
import type { StackOutputs } from "../../stacks/outputs.ts";
import type { Action } from "../core/actions.ts";
import type { News } from "../core/events.ts";
import type { Limits } from "../core/limits.ts";
import { type Evacuated, standInsOf, standInWords } from "../core/standIns.ts";
import { align } from "./align.ts";
import type { EngineJob } from "./engine/protocol.ts";
import type { StackUrns } from "./engine/stackState.ts";
import { type NewMachine, preflight } from "./preflight.ts";
import { RepairError } from "./repairError.ts";
import { engineReserveMs, type UpdateEngine } from "./repairer.ts";
import type { RepairPlace } from "./repairPlace.ts";
import { timed } from "./timed.ts";

export interface ScalerOptions {
  readonly place: RepairPlace;
  /** What is deployed. */
  readonly applied: Pick<StackOutputs["applied"], "config" | "desired">;
  readonly desiredPath: string;
  readonly engine: UpdateEngine;
  readonly limits: Limits;
  /** Of all that the stack's state knows. */
  readonly readUrns: () => Promise<StackUrns>;
  /** Why no update can make anything, in one sentence. */
  readonly staleness: () => string | undefined;
  readonly emit: (news: News) => void;
  readonly onNote: (sentence: string) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export class Scaler {
  readonly #options: ScalerOptions;

  constructor(options: ScalerOptions) {
    this.#options = options;
  }

  /** Why the host cannot hold so many workers in all, in one sentence; undefined if it can. */
  async lack(workers: number): Promise<string | undefined> {
    return await this.#lack(workers, this.#options.applied.desired.evacuated ?? {});
  }

  async #lack(workers: number, evacuated: Evacuated): Promise<string | undefined> {
    const { place } = this.#options;
    try {
      const added = this.#added(workers, evacuated);
      // Who has more than is stated may still have fewer.
      const beyond = added.length === 0 ? undefined : this.#lackOfStated(workers, evacuated);
      return beyond ?? [...(await preflight(place, added, this.#roomLimits)).values()][0];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map(({ remedy }) => remedy).join("; ");
      throw error;
    }
  }

  /** Answers with one `room`: how many of so many workers the host can hold, and what is lacking for more. */
  async askRoom({ workers }: Extract<Action, { kind: "askRoom" }>): Promise<void> {
    const { emit, place, applied } = this.#options;
    const there = this.#slots(applied.desired).filter(isWorker).length;
    const stated = this.#statedRoom();
    const most = Math.max(there, Math.min(workers, stated.workers));
    const answer = (fits: number, lack: string | undefined) => emit({ kind: "room", workers, fits, lack });
    try {
      const added = this.#added(most, {});
      const problems = await preflight(place, added, this.#roomLimits);
      const short = added.findIndex(({ slot }) => problems.has(slot));
      if (short >= 0) return answer(there + short, problems.get(added[short]?.slot ?? ""));
      answer(most, most < workers ? `the host has ${lackOf(stated)} for ${stated.workers} workers.` : undefined);
    } catch (error) {
      answer(there, (error as Error).message);
    }
  }

  /** Answers with one `scaled`. The file says what is deployed, whatever came of it. */
  async scale({ workers, evacuated, generation }: Extract<Action, { kind: "scale" }>): Promise<void> {
    const { applied, desiredPath, engine, emit, nowMs } = this.#options;
    let isWritten = false;
    const outcome = await timed(nowMs, async () => {
      const prepare = () => this.#prepare(workers, evacuated, () => (isWritten = true));
      const end = await engine.run("scale", prepare, this.#deadlineMs);
      if (!end.ok) throw new RepairError(end.code === "changes" ? "failed" : end.code, end.reason);
    });
    if (!outcome.ok && isWritten) await writeDesired(desiredPath, applied.desired).catch(() => {});
    engine.warm();
    emit({ kind: "scaled", generation, outcome });
  }

  /** Who has stated how many virtual CPUs the workers may have knows more of the host than a ratio. */
  get #roomLimits(): Limits {
    const { applied, limits } = this.#options;
    const { site, host } = applied.config;
    const isStated = site.hosts[host]?.room !== undefined && site.survival !== undefined;
    return isStated ? { ...limits, vcpusPerProcessor: Number.POSITIVE_INFINITY } : limits;
  }

  get #deadlineMs(): number {
    return this.#options.limits.repairDeadlineMs - engineReserveMs;
  }

  /** Runs when nobody else holds the stack. */
  async #prepare(workers: number, evacuated: Evacuated, onWrite: () => void): Promise<EngineJob> {
    const { applied, desiredPath, place, readUrns, staleness, onNote } = this.#options;
    // One that was cut short has left the number that it was to bring.
    const found = await readDesired(desiredPath);
    if (!isDeepStrictEqual(withoutNumbers(found), withoutNumbers(applied.desired))) {
      throw new RepairError(
        "preflight",
        `${desiredPath} has changes that nobody has deployed: run \`pulumi up\` first.`,
      );
    }
    const lack = await this.#lack(workers, evacuated);
    if (lack !== undefined) throw new RepairError("preflight", lack);
    const { madeUrns } = await readUrns();
    // What was deleted once Pulumi only forgets, and whatever stands in its place would stay.
    const known = { domains: madeUrns, volumes: madeUrns };
    const { notes } = await align(place, this.#changing(workers), known, staleness);
    for (const sentence of notes) onNote(sentence);
    const desired = this.#wanted(workers, evacuated);
    onWrite();
    await writeDesired(desiredPath, desired);
    return { kind: "scale", desired };
  }

  /** What was taken back is what is deployed, to the letter. */
  #wanted(workers: number, evacuated: Evacuated): Desired {
    const { config, desired } = this.#options.applied;
    if (this.#slots(desired).filter(isWorker).length === workers) return desired;
    const own = workers - standInsOf({ evacuated });
    // Who stands in for others does not change what a person has asked for.
    const asked = own === (desired.workers ?? config.workers) ? {} : { workers: own };
    const { evacuated: _, ...rest } = desired;
    return { ...rest, ...asked, ...(Object.keys(evacuated).length === 0 ? {} : { evacuated }) };
  }

  /** A plan with more workers than this is refused by every later `pulumi up`. */
  #lackOfStated(workers: number, evacuated: Evacuated): string | undefined {
    const stated = this.#statedRoom();
    if (workers <= stated.workers) return undefined;
    const key = `vigil:site.hosts.${this.#options.applied.config.host}.room`;
    return `${key} states ${lackOf(stated)} for ${stated.workers} workers, and ${workers} are asked for${standInWords(evacuated)}`;
  }

  /** What the site facts say that the host has room for. */
  #statedRoom() {
    const { config, desired } = this.#options.applied;
    const { host, site } = planStack(config, desired);
    const facts = config.site.hosts[host.name];
    if (facts === undefined) throw new Error(`${host.name} is no host of ${site.name}`);
    return workerRoom(host.pool.size, facts.room, config.site.survival?.worker);
  }

  /** Throws ConfigError if the pool cannot hold them. */
  #added(workers: number, evacuated: Evacuated): NewMachine[] {
    const before = this.#slots(this.#options.applied.desired);
    const images = new Set(before.map(({ image }) => image));
    return without(this.#slots(this.#wanted(workers, evacuated)), before).map((slot) => {
      return { ...slot, isImageNew: !images.has(slot.image), addedVcpus: slot.vcpus };
    });
  }

  /** Every worker that the pool could hold but those that stay: of any of them something may be left. */
  #changing(workers: number): SlotPlan[] {
    const { config, desired } = this.#options.applied;
    const { evacuated: _, ...own } = desired;
    const capacity = planStack(config, desired).host.pool.size - 1;
    const fewer = Math.min(workers, this.#slots(desired).filter(isWorker).length);
    return without(this.#slots({ ...own, workers: capacity }), this.#slots({ ...own, workers: fewer }));
  }

  #slots(desired: Desired): readonly SlotPlan[] {
    return planStack(this.#options.applied.config, desired).slots;
  }
}

function isWorker({ role }: SlotPlan): boolean {
  return role === "worker";
}

function without(slots: readonly SlotPlan[], others: readonly SlotPlan[]): SlotPlan[] {
  const known = new Set(others.map(({ slot }) => slot));
  return slots.filter(({ slot }) => !known.has(slot));
}

function withoutNumbers({
  workers: _,
  evacuated: _others,
  ...desired
}: Desired): Omit<Desired, "workers" | "evacuated"> {
  return desired;
}
