/** One run of a site: the real core on one host, while others are lost and come back. */
import type { Action } from "../../core/actions.ts";
import type { Event, RepairOutcome } from "../../core/events.ts";
import type { Beat, Timed } from "../../core/facts.ts";
import { hearPeer, type PeerMarks, type PeerState, unheardPeer } from "../../core/peer.ts";
import { initialState, noPast, type Past, type State } from "../../core/state.ts";
import { step } from "../../core/step.ts";
import { Random } from "../random.ts";
import { SimJournal } from "../simJournal.ts";
import { simLimits } from "../simLimits.ts";
import { must, Violation } from "../violation.ts";
import type { SiteScenario } from "./siteScenario.ts";
import { SiteWatch } from "./siteWatch.ts";
import { balancersOfSite, type Leaving, plannedFiles, SiteWorld } from "./siteWorld.ts";

const limits = simLimits.compressed;
const stepMs = 500;
/** All that was begun is brought to its end by then, and what stands in is given back one by one. */
const patienceMs = 30 * 60_000;

export function runSite(scenario: SiteScenario): { readonly violation: Violation | undefined } {
  try {
    new SiteSimulation(scenario).lead();
    return { violation: undefined };
  } catch (error) {
    const isOne = error instanceof Violation;
    return { violation: isOne ? error : new Violation("the core never fails", String(error)) };
  }
}

class SiteSimulation {
  readonly #scenario: SiteScenario;
  readonly #world: SiteWorld;
  readonly #watch: SiteWatch;
  readonly #random: Random;
  readonly #journal: SimJournal;
  readonly #tasks: { readonly atMs: number; readonly run: () => void }[] = [];
  #peers: Record<string, PeerState> = {};
  /** Who goes on purpose, was heard to say so, and is gone. */
  readonly #saidSo = new Set<string>();
  #state: State;
  /** Answers are for the healer that asked. */
  #life = 0;
  #deadUntilMs = 0;
  #isDrainWished = false;
  #isReplanned = false;
  #isDead = false;
  #sequence = 0;
  #restMs = 0;

  constructor(scenario: SiteScenario) {
    this.#scenario = scenario;
    this.#world = new SiteWorld(scenario);
    this.#watch = new SiteWatch(scenario, this.#world, limits);
    this.#journal = new SimJournal(this.#world);
    this.#random = new Random(scenario.seed ^ 0x2545f491);
    this.#state = this.#begin(noPast);
    this.#forgetPeers();
  }

  lead(): void {
    const { quietMs } = this.#scenario;
    while (this.#world.nowMs < quietMs + patienceMs) {
      this.#round();
      this.#watch.look();
      this.#restMs = this.#isAtRest ? this.#restMs + stepMs : 0;
      if (this.#world.nowMs > quietMs && this.#restMs > 30_000) return;
    }
    const { hosts, evacuated, scaling } = this.#state;
    const left = Object.values(hosts).map(({ host, status }) => `${host} is ${status}`);
    throw new Violation(
      "what stands in is given back in the end",
      `${left.join(", ")}; ${JSON.stringify({ evacuated, scaling, pages: [...this.#watch.pages] })}`,
    );
  }

  get #isAtRest(): boolean {
    const { hosts, evacuated, scaling, hostDrain } = this.#state;
    const isOver = Object.keys(evacuated).length === 0 && scaling === undefined && this.#watch.pages.size === 0;
    const isDrained = [...this.#world.machines.values()].some((machine) => machine.isDrained);
    if (hostDrain !== undefined || isDrained) return false;
    return isOver && Object.values(hosts).every(({ status }) => status === "heard");
  }

  #round(): void {
    const world = this.#world;
    const wasDying = world.isOn("kill-healer");
    world.nowMs += stepMs;
    const due = this.#tasks.filter(({ atMs }) => atMs <= world.nowMs);
    for (const task of due) {
      this.#tasks.splice(this.#tasks.indexOf(task), 1);
      task.run();
    }
    this.#breakOwn();
    if (world.isOn("kill-healer") && !wasDying) this.#die();
    if (world.nowMs < this.#deadUntilMs) return;
    if (this.#isDead || (this.#isReplanned && this.#state.updating === undefined)) this.#startOver();
    this.#journal.noteClock();
    if (world.nowMs % 1_000 === 0) this.#tellOthers();
    this.#tellOwn();
    this.#wish();
    this.#send({ kind: "tick", lagMs: 0 });
  }

  #breakOwn(): void {
    const worker = this.#world.machines.get("web-1");
    if (worker !== undefined && this.#world.isOn("worker") && worker.isUp && this.#random.chance(0.02)) {
      worker.isUp = false;
    }
  }

  /** A wish to drain is made once, and may be refused; that to return is made until it is heard. */
  #wish(): void {
    const isWished = this.#world.isOn("drain-host");
    if (isWished && !this.#isDrainWished) this.#send({ kind: "hostDrain", by: "root", reason: "a planned reboot" });
    this.#isDrainWished = isWished;
    const { hostDrain } = this.#state;
    if (!isWished && hostDrain !== undefined && hostDrain.phase !== "returning") {
      this.#send({ kind: "hostReturn", by: "root" });
    }
  }

  #tellOthers(): void {
    const world = this.#world;
    for (const [host, own] of Object.entries(this.#scenario.others)) {
      const before = this.#peers[host] ?? unheardPeer(host, world.nowMs);
      // Whoever goes on purpose is heard to say so, and then no more.
      const leaving = world.leaves(host);
      if (!world.hearsHealer(host) || (leaving !== undefined && this.#saidSo.has(host))) {
        const failed = { kind: "failed", failure: "timeout", detail: "it does not answer" } as const;
        this.#peers[host] = hearPeer(before, failed, world.nowMs).state;
        this.#watch.hearNothing(host);
        continue;
      }
      const green = world.isOn("unwell", host) ? own - 1 : own;
      if (leaving === undefined) this.#saidSo.delete(host);
      else this.#saidSo.add(host);
      const marks = { workers: { own, green, drained: leaving === "drained" ? own : 0 }, ...marksOf(leaving) };
      this.#sequence += 1;
      const view = { incarnation: host, sequence: this.#sequence, listens: true, marks };
      this.#peers[host] = hearPeer(before, { kind: "view", view }, world.nowMs).state;
      this.#watch.hearHealer(host, leaving, green === own);
    }
    this.#send({ kind: "peers", peers: Object.values(this.#peers) });
    if (this.#scenario.hasWitness && world.nowMs % 2_000 === 0) {
      this.#send({ kind: "witness", answered: world.hearsWitness });
    }
  }

  #tellOwn(): void {
    const world = this.#world;
    const beats: Record<string, Timed<Beat>> = {};
    for (const [slot, { isUp, isDrained, starts }] of world.machines) {
      if (!isUp || (slot === "lb-1" && world.isOn("balancer"))) continue;
      const files = slot === "lb-1" && world.isOn("edit-file") ? "edited" : plannedFiles;
      const service = isDrained ? "draining" : "up";
      const common = { incarnation: `${slot}-${starts}`, service, files, freeBytes: 1e9, busy: 0.1 } as const;
      const value = slot === "lb-1" ? { ...common, ...this.#balancerSays() } : common;
      beats[slot] = { value, atMs: world.nowMs };
    }
    this.#send({ kind: "beats", beats });
    const domains = [...world.machines].map(([slot, { isUp, starts }]) => {
      const state = isUp ? ("running" as const) : ("crashed" as const);
      return [slot, { state, reason: "", ...(isUp ? { id: starts } : {}), diskThere: true, attached: true }];
    });
    this.#send({ kind: "domains", domains: Object.fromEntries(domains) });
    this.#send({ kind: "vipHolders", macs: world.addressHolders });
  }

  #balancerSays(): Pick<Beat, "vrrp" | "isCutOff" | "workersUp"> {
    const workersUp = this.#workersUp();
    if (!this.#scenario.hasWitness || !this.#world.isOn("isolated")) return { vrrp: "BACKUP", workersUp };
    return { vrrp: "FAULT", isCutOff: true, workersUp };
  }

  #workersUp(): Record<string, number> {
    const counts: Record<string, number> = { bk: this.#world.workers };
    for (const [host, own] of Object.entries(this.#scenario.others)) {
      const isSeen = this.#world.seesWorkers(host);
      counts[host] = isSeen ? own : 0;
      if (isSeen) this.#watch.seeWorkers(host);
    }
    return counts;
  }

  #send(event: Event): void {
    const { state, actions } = step(this.#state, event, limits, this.#world.nowMs);
    this.#state = state;
    this.#watch.check(event, actions);
    for (const action of actions) {
      if (action.kind === "journal") this.#journal.write(action.entry);
      else this.#do(action);
    }
  }

  #do(action: Action): void {
    const { machines } = this.#world;
    switch (action.kind) {
      case "probe":
        this.#answer(100, { kind: "ping", slot: action.slot, answered: true });
        break;
      case "checkDrift":
        this.#answer(3_000, { kind: "driftChecked", generation: action.generation, drift: { clean: true } });
        break;
      case "rotate": {
        const { slot, to, generation } = action;
        const machine = machines.get(slot);
        if (machine !== undefined) machine.isDrained = to === "out";
        this.#answer(2_000, { kind: "rotated", slot, generation, outcome: { ok: true } });
        break;
      }
      case "operate":
        this.#repair([action.slot], action.generation);
        break;
      case "replace":
        this.#repair(action.slots, action.generation);
        break;
      case "askRoom": {
        const fits = Math.max(this.#world.workers, Math.min(action.workers, this.#world.capacity));
        const lack = fits < action.workers ? "there is no memory" : undefined;
        this.#answer(500, { kind: "room", workers: action.workers, fits, lack });
        break;
      }
      case "scale":
        this.#scale(action);
        break;
      default:
        break;
    }
  }

  #repair(slots: readonly string[], generation: number): void {
    this.#after(4_000, () => {
      for (const slot of slots) {
        const machine = this.#world.machines.get(slot);
        if (machine !== undefined) Object.assign(machine, { isUp: true, isDrained: false, starts: machine.starts + 1 });
      }
    });
    for (const slot of slots) {
      this.#answer(4_000, { kind: "repaired", generation, slot, outcome: { ok: true, tookMs: 4_000 } });
    }
  }

  /** An engine whose healer has died goes on without it, or is ended with it. */
  #scale({ workers, evacuated, generation }: Extract<Action, { kind: "scale" }>): void {
    const life = this.#life;
    const tookMs = this.#random.between(2_000, 8_000);
    const endsAlone = this.#random.chance(0.5);
    this.#after(tookMs, () => {
      if (life !== this.#life && !endsAlone) return;
      const outcome = this.#outcomeOf(workers, tookMs);
      if (outcome.ok && workers !== this.#world.workers) {
        this.#world.deploy(workers, evacuated);
        this.#isReplanned = true;
      }
      if (life === this.#life) this.#send({ kind: "scaled", generation, outcome });
    });
  }

  #outcomeOf(workers: number, tookMs: number): RepairOutcome {
    const { capacity, workers: there } = this.#world;
    if (workers > Math.max(capacity, there)) return { ok: false, code: "preflight", reason: "there is no memory" };
    if (this.#world.isOn("engine-fails")) return { ok: false, code: "failed", reason: "the engine fails" };
    return { ok: true, tookMs };
  }

  #answer(ms: number, event: Event): void {
    const life = this.#life;
    this.#after(ms, () => {
      if (life === this.#life) this.#send(event);
    });
  }

  #after(ms: number, run: () => void): void {
    this.#tasks.push({ atMs: this.#world.nowMs + ms, run });
  }

  #die(): void {
    this.#life += 1;
    this.#deadUntilMs = this.#world.nowMs + this.#random.between(500, 5_000);
    this.#isDead = true;
    this.#watch.die();
    this.#forgetPeers();
  }

  #forgetPeers(): void {
    const hosts = Object.keys(this.#scenario.others);
    this.#peers = Object.fromEntries(hosts.map((host) => [host, unheardPeer(host, this.#world.nowMs)]));
  }

  /** A healer begins with its journal, and with what is deployed. */
  #startOver(): void {
    const past = this.#isDead ? this.#journal.reopen() : this.#journal.read();
    this.#isReplanned = false;
    this.#isDead = false;
    this.#watch.startOver();
    this.#state = this.#begin(past);
    const { evacuated } = this.#state;
    const isSame = Object.entries(this.#world.evacuated).every(([host, count]) => evacuated[host] === count);
    must(isSame, "what stands in is read from what is deployed", () => JSON.stringify(evacuated));
  }

  #begin(past: Past): State {
    const others = Object.fromEntries(Object.keys(this.#scenario.others).map((host) => [host, undefined]));
    const balancers = Object.fromEntries(Object.entries(balancersOfSite).map(([host, mac]) => [mac, `${host}/lb-1`]));
    const site = { host: "bk", others, hasWitness: this.#scenario.hasWitness, balancers };
    return initialState(this.#world.planned, past, this.#world.nowMs, limits, site);
  }
}

function marksOf(leaving: Leaving | undefined): Pick<PeerMarks, "planned" | "ending"> {
  if (leaving === undefined) return {};
  return leaving === "drained"
    ? { planned: "anna has drained it: disks" }
    : { planned: "its healer was told to end", ending: true };
}
