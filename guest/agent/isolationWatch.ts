/**
 * Whether this balancer is cut off from whatever is beyond its host. One that is keeps answering nobody, and would hold the
 * address beside the holder of the other side once the cut is mended.
 *
 * It costs next to nothing while the workers of other hosts answer their checks: the witness is asked now and then whether
 * it still answers such as this. When no worker does, the balancers of other hosts and the witness are knocked at; if they
 * are silent as well, the balancer is cut off until one of all these is heard.
 *
 * Time is counted in ticks, between which whatever has arrived is read: where the agent stands still nobody is silent.
 */
import { type Knock, type KnockAt, knockAt } from "./machineKnock.ts";

/** What is beyond this host. */
export interface Outside {
  /** Neither a balancer nor a worker: a machine that whoever uses the service needs too, most often their gateway. */
  readonly witness: string;
  readonly peers: readonly string[];
  /** When a machine of another host last answered a check; -Infinity if none has. */
  readonly answeredMs: number;
}

export const tickMs = 200;
const ticksIn = (ms: number) => Math.round(ms / tickMs);

/** Longer than a balancer that stands by waits between two checks of a worker. */
const knockAfter = ticksIn(600);
/** A second, and a tick for the answers to the last of three rounds of knocks. */
const cutOffAfter = ticksIn(1_200);
/** What was mended so short a time ago ... */
const wornFor = ticksIn(60_000);
/** ... is mended again only when something has been heard for so long: it may let a packet through now and then. */
const mendedAfter = ticksIn(2_000);
/** A kernel that has not heard a knock is asked a second time after a second: then it has been lost. */
const knockLasts = ticksIn(1_000);
/** So often the witness is asked for its own sake ... */
const witnessInterval = ticksIn(20_000);
/** ... and one that has not answered for so long while others did says nothing by its silence. */
const witnessLasts = ticksIn(70_000);

export interface Isolation {
  readonly isCutOff: boolean;
  /** Whether the witness has answered of late: without it nobody is ever cut off. */
  readonly knowsWitness: boolean;
}

export class IsolationWatch {
  readonly #tell: (isCutOff: boolean) => void;
  readonly #knockAt: KnockAt;
  /** With how many ticks each has been waited for. */
  readonly #knocks = new Map<Knock, number>();
  #isCutOff: boolean;
  #answeredMs = Number.NEGATIVE_INFINITY;
  /** For how long no worker has answered, and for how long nobody. */
  #withoutWorkers = 0;
  #silent: number;
  /** Since it was last cut off, and since something was heard again. */
  #sinceReturn = Number.POSITIVE_INFINITY;
  #heard = 0;
  #witness: string | undefined;
  #sinceAsked = 0;
  #sinceWitness = Number.POSITIVE_INFINITY;

  /** `wasCutOff`: what the agent before this one has said. `tell` is called with each change. */
  constructor(wasCutOff: boolean, tell: (isCutOff: boolean) => void, knock: KnockAt = knockAt) {
    this.#isCutOff = wasCutOff;
    this.#silent = wasCutOff ? cutOffAfter : 0;
    this.#tell = tell;
    this.#knockAt = knock;
  }

  get state(): Isolation {
    return { isCutOff: this.#isCutOff, knowsWitness: this.#sinceWitness < witnessLasts };
  }

  /** To be called every `tickMs`; `outside` is undefined on a site that has no witness or no other host. */
  tick(outside: Outside | undefined): void {
    this.#expireKnocks();
    if (outside === undefined) {
      this.#become(false);
      return;
    }
    this.#count(outside);
    if (this.#isCutOff) this.#mend();
    else if (this.#silent >= cutOffAfter && this.state.knowsWitness) this.#become(true);
    this.#knock(outside);
  }

  #count({ witness, answeredMs }: Outside): void {
    if (witness !== this.#witness) {
      this.#witness = witness;
      this.#sinceAsked = witnessInterval;
      this.#sinceWitness = Number.POSITIVE_INFINITY;
    }
    this.#silent += 1;
    this.#withoutWorkers += 1;
    this.#sinceReturn += 1;
    this.#sinceAsked += 1;
    if (answeredMs > this.#answeredMs) {
      this.#withoutWorkers = 0;
      this.#silent = 0;
    }
    this.#answeredMs = answeredMs;
    // While nobody is heard its silence is no news.
    if (this.#silent < knockAfter) this.#sinceWitness += 1;
  }

  #mend(): void {
    this.#heard = this.#silent >= cutOffAfter ? 0 : this.#heard + 1;
    const neededTicks = this.#sinceReturn < wornFor ? mendedAfter : 1;
    if (this.#heard < neededTicks) return;
    this.#sinceReturn = 0;
    this.#become(false);
  }

  /** With every tick while no worker answers: a lost packet or two must not look like a cut. */
  #knock({ witness, peers }: Outside): void {
    const isSilent = this.#withoutWorkers >= knockAfter;
    if (isSilent) for (const peer of peers) this.#send(peer);
    if (!isSilent && this.#sinceAsked < witnessInterval) return;
    this.#sinceAsked = 0;
    this.#send(witness, () => {
      if (witness === this.#witness) this.#sinceWitness = 0;
    });
  }

  #send(address: string, onAnswer = () => {}): void {
    const knock = this.#knockAt(address, () => {
      this.#knocks.delete(knock);
      this.#silent = 0;
      onAnswer();
    });
    this.#knocks.set(knock, 0);
  }

  #expireKnocks(): void {
    for (const [knock, ticks] of this.#knocks) {
      if (ticks + 1 < knockLasts) {
        this.#knocks.set(knock, ticks + 1);
        continue;
      }
      this.#knocks.delete(knock);
      knock.giveUp();
    }
  }

  #become(isCutOff: boolean): void {
    if (this.#isCutOff === isCutOff) return;
    this.#isCutOff = isCutOff;
    this.#heard = 0;
    this.#tell(isCutOff);
  }
}
