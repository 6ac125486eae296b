/**
 * One run of the balancers of a site, while their wires are cut, one way or both, and mended: who holds the address in which
 * part of the network. A part, or segment, is what reaches each other both ways.
 */
import type { Outside } from "../../../guest/agent/isolationWatch.ts";
import { Random } from "../random.ts";
import { must, Violation } from "../violation.ts";
import { type Advert, Balancer } from "./balancer.ts";
import type { SegmentScenario, WireFaultKind } from "./segmentScenario.ts";

/** A packet is on its way for one step. */
const stepMs = 20;
/** So often a balancer that stands by asks each worker. */
const checkMs = 500;
/** What was mended twice in a minute counts after two seconds; then a balancer takes over. */
const calmMs = 4_000;
/** Two that hear each other agree with the next advert, which is a tenth of a second away. */
const agreeMs = 200;
/** A balancer counts 1.2 s of silence, and a tick at each end. */
const cutOffMs = 1_800;
/** Whoever reaches a holder for so long has heard it. */
const heardMs = 200;
/** Whoever hears that a holder lets go takes over within its skew, which is shorter than an advert's interval. */
const skewMs = 100;
/** The witness is asked so often, and within the first ticks of an agent. */
const askedMs = 20_400;
const firstAskedMs = 400;

const witness = "witness";

export function runSegment(scenario: SegmentScenario): { readonly violation: Violation | undefined } {
  try {
    new SegmentSimulation(scenario).lead();
    return { violation: undefined };
  } catch (error) {
    const isOne = error instanceof Violation;
    return { violation: isOne ? error : new Violation("the balancers never fail", String(error)) };
  }
}

class SegmentSimulation {
  readonly #scenario: SegmentScenario;
  readonly #balancers: readonly Balancer[];
  readonly #changesMs: readonly number[];
  readonly #phasesMs: readonly number[];
  readonly #answeredMs: number[];
  readonly #knowledge: Knowledge[];
  /** Since when a balancer has held the address and reached nothing, and since when two have and reached each other. */
  readonly #aloneSinceMs = new Map<number, number>();
  readonly #bothSinceMs = new Map<string, number>();
  /** Since when one has held the address and reached another, by the two. */
  readonly #heardSinceMs = new Map<string, number>();
  /** When a balancer last heard that a holder lets go, if it has heard no holder since. */
  readonly #letGoMs = new Map<number, number>();
  #adverts: Advert[] = [];
  #answers: (() => void)[] = [];
  #nowMs = 0;

  constructor(scenario: SegmentScenario) {
    const random = new Random(scenario.seed);
    this.#scenario = scenario;
    this.#changesMs = [0, ...scenario.faults.flatMap(({ atMs, forMs }) => [atMs, atMs + forMs])];
    this.#phasesMs = scenario.hosts.map(() => random.between(0, checkMs / stepMs - 1) * stepMs);
    this.#answeredMs = scenario.hosts.map(() => Number.NEGATIVE_INFINITY);
    this.#knowledge = scenario.hosts.map(() => unknown(0));
    this.#balancers = scenario.hosts.map(({ priority }, id) => {
      const phaseMs = random.between(0, 9) * stepMs;
      const send = (advert: Advert) => void this.#adverts.push(advert);
      const knock = (address: string, onAnswer: () => void) => this.#knock(id, address, onAnswer);
      return new Balancer({ id, priority, phaseMs, send, knock });
    });
  }

  lead(): void {
    const endMs = Math.max(...this.#changesMs) + 2 * calmMs;
    while (this.#nowMs < endMs) {
      this.#nowMs += stepMs;
      this.#breakHosts();
      this.#deliver();
      for (const { id } of this.#balancers) this.#learn(id);
      const held = this.#balancers.map(({ holds }) => holds);
      for (const balancer of this.#balancers) balancer.run(this.#nowMs, this.#outside(balancer));
      for (const balancer of this.#balancers) if (balancer.holds && !held[balancer.id]) this.#watchTaking(balancer);
      this.#watch();
    }
  }

  #isOn(kind: WireFaultKind, host?: number): boolean {
    return this.#scenario.faults.some((fault) => {
      const isHere = host === undefined || fault.host === host;
      return fault.kind === kind && isHere && this.#nowMs >= fault.atMs && this.#nowMs < fault.atMs + fault.forMs;
    });
  }

  #breakHosts(): void {
    for (const balancer of this.#balancers) {
      const hasPower = !this.#isOn("power", balancer.id);
      if (balancer.isUp && !hasPower) balancer.stop();
      if (!balancer.isUp && hasPower) {
        balancer.start(this.#nowMs);
        this.#knowledge[balancer.id] = unknown(this.#nowMs);
      }
    }
    for (const { kind, host, atMs } of this.#scenario.faults) {
      const isNow = atMs > this.#nowMs - stepMs && atMs <= this.#nowMs;
      const balancer = this.#balancers[host];
      if (kind !== "agent" || !isNow || balancer === undefined) continue;
      balancer.restartAgent();
      // One that was cut off goes on so, though the new agent has not seen the witness.
      this.#knowledge[host] = { ...unknown(this.#nowMs), mayKnow: balancer.isCutOff };
    }
  }

  /** What an agent can know of the witness, by when it could be seen from its host. */
  #learn(host: number): void {
    const known = this.#knowledge[host] ?? unknown(this.#nowMs);
    if (!this.#seesWitness(host)) {
      known.seenSinceMs = undefined;
      return;
    }
    known.mayKnow = true;
    known.seenSinceMs ??= this.#nowMs;
    const seenMs = this.#nowMs - Math.max(known.seenSinceMs, known.startedMs);
    const isFromTheStart = known.seenSinceMs <= known.startedMs + stepMs;
    if (seenMs >= (isFromTheStart ? firstAskedMs : askedMs)) known.mustKnow = true;
  }

  #deliver(): void {
    const [adverts, answers] = [this.#adverts, this.#answers];
    this.#adverts = [];
    this.#answers = [];
    for (const answer of answers) answer();
    for (const advert of adverts) {
      for (const balancer of this.#balancers) {
        if (balancer.id === advert.from || !this.#reaches(advert.from, balancer.id)) continue;
        balancer.hear(advert, this.#nowMs);
        if (advert.priority === 0) this.#letGoMs.set(balancer.id, this.#nowMs);
        else this.#letGoMs.delete(balancer.id);
      }
    }
  }

  /** A packet of one gets to the other. */
  #reaches(from: number, to: number): boolean {
    if (!this.#isHeard(from) || !this.#hears(to)) return false;
    return this.#isBeyond(from) === this.#isBeyond(to) || !this.#isOn("trunk");
  }

  #isHeard(host: number): boolean {
    return this.#balancers[host]?.isUp === true && !this.#isOn("cut", host) && !this.#isOn("mute", host);
  }

  #hears(host: number): boolean {
    return this.#balancers[host]?.isUp === true && !this.#isOn("cut", host) && !this.#isOn("deaf", host);
  }

  #isBeyond(host: number): boolean {
    return this.#scenario.hosts[host]?.isBeyond === true;
  }

  #talks(one: number, other: number): boolean {
    return this.#reaches(one, other) && this.#reaches(other, one);
  }

  /** The witness is asked, and answers. */
  #seesWitness(host: number): boolean {
    if (!this.#scenario.hasWitness || this.#isOn("witness")) return false;
    return this.#isHeard(host) && this.#hears(host) && (!this.#isBeyond(host) || !this.#isOn("trunk"));
  }

  #knock(from: number, address: string, onAnswer: () => void) {
    let isWaiting = true;
    const answers = address === witness ? this.#seesWitness(from) : this.#talks(from, Number(address));
    if (answers) this.#answers.push(() => isWaiting && onAnswer());
    return {
      giveUp: () => {
        isWaiting = false;
      },
    };
  }

  #outside({ id, isUp }: Balancer): Outside | undefined {
    if (!this.#scenario.hasWitness) return undefined;
    const others = this.#balancers.filter((other) => other.id !== id);
    const isCheckDue = (this.#nowMs + (this.#phasesMs[id] ?? 0)) % checkMs === 0;
    if (isUp && isCheckDue && others.some((other) => this.#talks(id, other.id) && !this.#isOn("workers", other.id))) {
      this.#answeredMs[id] = this.#nowMs;
    }
    const answeredMs = this.#answeredMs[id] ?? Number.NEGATIVE_INFINITY;
    return { witness, peers: others.map((other) => String(other.id)), answeredMs };
  }

  #watch(): void {
    const isCalm = this.#changesMs.every((atMs) => atMs > this.#nowMs || this.#nowMs - atMs > calmMs);
    for (const balancer of this.#balancers) this.#watchAlone(balancer);
    for (const [index, one] of this.#balancers.entries()) {
      for (const other of this.#balancers.slice(index + 1)) this.#watchTwo(one, other);
    }
    if (!isCalm || this.#isDeafForGood) return;
    for (const balancer of this.#balancers) this.#watchSegment(balancer);
  }

  /** Without a witness that it knows, a balancer that hears nothing does not learn that it is the one that is deaf. */
  get #isDeafForGood(): boolean {
    return this.#balancers.some(({ id, isUp }) => isUp && this.#isOn("deaf", id) && !this.#mustKnow(id));
  }

  #mustKnow(host: number): boolean {
    return this.#knowledge[host]?.mustKnow === true;
  }

  #isAlone(host: number): boolean {
    return !this.#seesWitness(host) && !this.#balancers.some(({ id }) => id !== host && this.#talks(host, id));
  }

  #watchAlone({ id, holds }: Balancer): void {
    if (!holds || !this.#mustKnow(id) || !this.#isAlone(id)) {
      this.#aloneSinceMs.delete(id);
      return;
    }
    const forMs = this.#nowMs - since(this.#aloneSinceMs, id, this.#nowMs);
    must(
      forMs <= cutOffMs,
      "who is cut off lets the address go",
      () => `${id} has held it for ${forMs} ms ${this.#at}`,
    );
  }

  /**
   * No preemption: whoever hears a holder leaves it the address. Of two holders that do not hear each other one may let go:
   * VRRP does not ask which, and whoever hears that takes over, unless the other's next advert comes first.
   */
  #watchTaking({ id }: Balancer): void {
    const letGoMs = this.#letGoMs.get(id) ?? Number.NEGATIVE_INFINITY;
    if (this.#nowMs - letGoMs <= skewMs) return;
    for (const holder of this.#balancers) {
      const heardSinceMs = this.#heardSinceMs.get(`${holder.id} by ${id}`) ?? this.#nowMs;
      const forMs = this.#nowMs - heardSinceMs;
      must(forMs < heardMs, "nobody takes the address from whom it hears", () => `${id} from ${holder.id} ${this.#at}`);
    }
  }

  #watchTwo(one: Balancer, other: Balancer): void {
    for (const [holder, hearer] of [
      [one, other],
      [other, one],
    ] as const) {
      const heard = `${holder.id} by ${hearer.id}`;
      if (holder.holds && this.#reaches(holder.id, hearer.id)) since(this.#heardSinceMs, heard, this.#nowMs);
      else this.#heardSinceMs.delete(heard);
    }
    const pair = `${one.id} and ${other.id}`;
    if (!one.holds || !other.holds || !this.#talks(one.id, other.id)) {
      this.#bothSinceMs.delete(pair);
      return;
    }
    const forMs = this.#nowMs - since(this.#bothSinceMs, pair, this.#nowMs);
    must(forMs <= agreeMs, "a segment has one holder at most", () => `${pair} for ${forMs} ms ${this.#at}`);
  }

  #watchSegment({ id, isUp, holds }: Balancer): void {
    if (!isUp) return;
    const segment = this.#balancers.filter((other) => other.id === id || this.#talks(id, other.id));
    const holders = segment.filter((one) => one.holds).length;
    if (!this.#isAlone(id))
      must(holders === 1, "a segment in order has a holder", () => `${id} sees ${holders} ${this.#at}`);
    // Whoever is mute hears the holder of the others.
    else if (!this.#isOn("mute", id) && this.#knowledge[id]?.mayKnow === false) {
      must(holds, "a witness that is not known takes the address from nobody", () => `${id} ${this.#at}`);
    }
  }

  get #at(): string {
    return `at ${this.#nowMs}`;
  }
}

/** What the agent of a balancer can know of the witness. */
interface Knowledge {
  readonly startedMs: number;
  seenSinceMs: number | undefined;
  /** It could be seen whenever the agent asked. */
  mustKnow: boolean;
  /** It could be seen at all. */
  mayKnow: boolean;
}

function unknown(startedMs: number): Knowledge {
  return { startedMs, seenSinceMs: undefined, mustKnow: false, mayKnow: false };
}

/** Since when something has been so that is so now. */
function since<Key>(times: Map<Key, number>, key: Key, nowMs: number): number {
  const sinceMs = times.get(key) ?? nowMs;
  times.set(key, sinceMs);
  return sinceMs;
}
