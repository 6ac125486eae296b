/** Changes how many workers a host has: by desired.json, which says what is wanted, and one update of what is deployed. */
import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "../../infra/configError.ts";
import { type Desired, readDesired, writeDesired } from "../../infra/desired.ts";
import { planStack, type SlotPlan } from "../../infra/plan.ts";
import type { StackOutputs } from "../../stacks/outputs.ts";
import type { Action } from "../core/actions.ts";
import type { Event } from "../core/events.ts";
import type { Limits } from "../core/limits.ts";
import type { EngineJob } from "./engine/protocol.ts";
import { preflight } from "./preflight.ts";
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
  readonly emit: (event: Event) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export class Scaler {
  readonly #options: ScalerOptions;

  constructor(options: ScalerOptions) {
    this.#options = options;
  }

  /** Why the host cannot hold so many workers, in one sentence; undefined if it can. */
  async lack(workers: number): Promise<string | undefined> {
    const { place, limits } = this.#options;
    try {
      const problems = await preflight(place, this.#added(workers), limits);
      return [...problems.values()][0];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map(({ remedy }) => remedy).join("; ");
      throw error;
    }
  }

  /** Answers with one `scaled`. The file says what is deployed, whatever came of it. */
  async scale({ workers, generation }: Extract<Action, { kind: "scale" }>): Promise<void> {
    const { applied, desiredPath, engine, emit, nowMs } = this.#options;
    let isWritten = false;
    const outcome = await timed(nowMs, async () => {
      const end = await engine.run("scale", () => this.#prepare(workers, () => (isWritten = true)), this.#deadlineMs);
      if (!end.ok) throw new RepairError(end.code === "changes" ? "failed" : end.code, end.reason);
    });
    if (!outcome.ok && isWritten) await writeDesired(desiredPath, applied.desired).catch(() => {});
    engine.warm();
    emit({ kind: "scaled", generation, outcome });
  }

  get #deadlineMs(): number {
    return this.#options.limits.repairDeadlineMs - engineReserveMs;
  }

  /** Runs when nobody else holds the stack. */
  async #prepare(workers: number, onWrite: () => void): Promise<EngineJob> {
    const { applied, desiredPath } = this.#options;
    // One that was cut short has left the file as it is to be.
    const found = await readDesired(desiredPath);
    if (![applied.desired, this.#wanted(workers)].some((known) => isDeepStrictEqual(found, known))) {
      throw new RepairError(
        "preflight",
        `${desiredPath} has changes that nobody has deployed: run \`pulumi up\` first.`,
      );
    }
    const lack = await this.lack(workers);
    if (lack !== undefined) throw new RepairError("preflight", lack);
    onWrite();
    await writeDesired(desiredPath, this.#wanted(workers));
    const before = slotsOf(applied, applied.desired);
    const after = slotsOf(applied, this.#wanted(workers));
    return { kind: "scale", workers, added: namesWithout(after, before), removed: namesWithout(before, after) };
  }

  #wanted(workers: number): Desired {
    return { ...this.#options.applied.desired, workers };
  }

  /** Throws ConfigError if the pool cannot hold them. */
  #added(workers: number): SlotPlan[] {
    const { applied } = this.#options;
    const before = new Set(slotsOf(applied, applied.desired).map(({ slot }) => slot));
    return slotsOf(applied, this.#wanted(workers)).filter(({ slot }) => !before.has(slot));
  }
}

function slotsOf({ config }: ScalerOptions["applied"], desired: Desired): readonly SlotPlan[] {
  return planStack(config, desired).slots;
}

function namesWithout(slots: readonly SlotPlan[], others: readonly SlotPlan[]): string[] {
  const known = new Set(others.map(({ slot }) => slot));
  return slots.map(({ slot }) => slot).filter((slot) => !known.has(slot));
}
