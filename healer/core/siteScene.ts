/** For tests: a healer on host bk whose scalings are done as it wants, and the other hosts of its site. */
import type { Action } from "./actions.ts";
import type { Room } from "./evacuation.ts";
import type { RepairOutcome } from "./events.ts";
import type { PlannedSite } from "./otherHost.ts";
import { hearPeer, type PeerMarks, type PeerState, unheardPeer } from "./peer.ts";
import { beat, running, Scene } from "./scene.ts";
import type { Evacuated } from "./standIns.ts";
import type { PlannedSlot } from "./state.ts";

/** Another host, as it is. */
export interface Other {
  healerAnswers: boolean;
  workersAnswer: boolean;
  workers: number;
  green: number;
  /** That get no requests because somebody there wants that. */
  drained: number;
  /** The machines that an update there is at. */
  updating: readonly string[] | undefined;
  planned: string | undefined;
  /** It goes only because its healer was told to end. */
  ending: boolean;
}

export class SiteScene {
  readonly scene: Scene;
  readonly others: Readonly<Record<string, Other>>;
  readonly #peers: Record<string, PeerState> = {};
  witnessAnswers: boolean | undefined;
  /** Whether this host's own workers answer its balancer. */
  ownAnswer = true;
  driftAnswers = true;
  /** Whether the balancer here has the service's address, and whether another one would take it. */
  holdsVip = false;
  hasBackup = true;
  /** How many workers fit in all. */
  capacity = 6;
  /** What comes of an update. */
  outcome: RepairOutcome = { ok: true, tookMs: 9_000 };
  /** Whether one that makes workers fails, whatever comes of the others. */
  makesNone = false;
  own = 2;
  evacuated: Evacuated = {};
  #sequence = 0;
  #answered = 0;

  constructor(site: Partial<PlannedSite> = {}) {
    const planned = { host: "bk", others: { mb: undefined }, hasWitness: false, ...site };
    this.scene = new Scene(planned);
    this.others = Object.fromEntries(
      Object.keys(planned.others).map((host) => [host, { ...there, workers: 2, green: 2 }]),
    );
    for (const host of Object.keys(planned.others)) this.#peers[host] = unheardPeer(host, 0);
    if (planned.hasWitness) this.witnessAnswers = true;
  }

  get mb(): Other {
    return this.other("mb");
  }

  other(host: string): Other {
    const other = this.others[host];
    if (other === undefined) throw new Error(`no host ${host}`);
    return other;
  }

  /** The host's power goes. */
  lose(host = "mb"): void {
    Object.assign(this.other(host), { healerAnswers: false, workersAnswer: false });
  }

  bringBack(host = "mb"): void {
    Object.assign(this.other(host), there);
  }

  pass(ms: number): void {
    for (const endMs = this.scene.nowMs + ms; this.scene.nowMs < endMs; ) {
      this.#tell();
      this.scene.pass(1_000);
      this.answer();
    }
  }

  /** The healer ends, and another one begins with its journal. */
  restart(): void {
    for (const host of Object.keys(this.others)) this.#peers[host] = unheardPeer(host, this.scene.nowMs);
    this.scene.deploy(this.#planned());
  }

  get workers(): number {
    return Object.values(this.scene.state.slots).filter(({ role }) => role === "worker").length;
  }

  is(host = "mb"): string | undefined {
    return this.scene.state.hosts[host]?.status;
  }

  sentence(host = "mb"): string | undefined {
    return this.scene.state.hosts[host]?.sentence;
  }

  get room(): Room | undefined {
    return this.scene.state.room;
  }

  /** `the loss of mb: 4`: who asked for how many workers, one after the other. */
  scalings(): string[] {
    return this.scene.actions.flatMap((action) => {
      if (action.kind !== "journal" || action.entry.kind !== "scaleBegun") return [];
      return [`${action.entry.by}: ${action.entry.workers}`];
    });
  }

  pages(): string[] {
    return this.scene.actions.flatMap((action) => (action.kind === "page" ? [action.sentence] : []));
  }

  /** Answers what the core has asked since the last time. */
  answer(): void {
    const { actions } = this.scene;
    while (this.#answered < actions.length) {
      const action = actions[this.#answered];
      this.#answered += 1;
      if (action !== undefined) this.#do(action);
    }
  }

  #do(action: Action): void {
    const { scene } = this;
    if (action.kind === "checkDrift" && this.driftAnswers) {
      scene.send({ kind: "driftChecked", generation: action.generation, drift: { clean: true } });
    }
    if (action.kind === "askRoom") {
      const fits = Math.min(action.workers, this.capacity);
      const lack = fits < action.workers ? "the host has 100 MiB of memory left, and 256 are needed." : undefined;
      scene.send({ kind: "room", workers: action.workers, fits, lack });
    }
    if (action.kind === "moveVip") {
      this.holdsVip &&= !this.hasBackup;
      scene.send({ kind: "vipMoved", generation: action.generation, outcome: this.outcome });
    }
    if (action.kind !== "scale") return;
    const isMade = action.workers <= this.workers || !this.makesNone;
    const outcome = isMade ? this.outcome : ({ ok: false, code: "failed", reason: "libvirt says no" } as const);
    scene.send({ kind: "scaled", generation: action.generation, outcome });
    if (!outcome.ok) return;
    this.evacuated = action.evacuated;
    this.own = action.workers - Object.values(action.evacuated).reduce((sum, count) => sum + count, 0);
    scene.deploy(this.#planned());
  }

  #planned(): PlannedSlot[] {
    const standIns = Object.entries(this.evacuated).flatMap(([host, count]) => Array<string>(count).fill(host));
    const workers = Array.from({ length: this.own + standIns.length }, (_, index) => {
      const known = { slot: `web-${index + 1}`, role: "worker", plannedFiles: beat.files } as const;
      const standsInFor = standIns[index - this.own];
      return standsInFor === undefined ? known : { ...known, standsInFor };
    });
    const { domains, beats } = this.scene;
    for (const { slot } of workers) domains[slot] ??= running;
    for (const slot of Object.keys(domains)) {
      if (slot === "lb-1" || workers.some((worker) => worker.slot === slot)) continue;
      delete domains[slot];
      beats.delete(slot);
    }
    return [{ slot: "lb-1", role: "balancer", plannedFiles: beat.files }, ...workers];
  }

  #tell(): void {
    const { scene } = this;
    const workersUp: Record<string, number> = { bk: this.ownAnswer ? this.workers : 0 };
    for (const [host, other] of Object.entries(this.others)) {
      workersUp[host] = other.workersAnswer ? other.workers : 0;
      this.#peers[host] = this.#hear(host, other);
    }
    scene.beats.set("lb-1", { ...beat, workersUp, holdsVip: this.holdsVip });
    scene.send({ kind: "peers", peers: Object.values(this.#peers) });
    if (this.witnessAnswers !== undefined) scene.send({ kind: "witness", answered: this.witnessAnswers });
  }

  #hear(host: string, { healerAnswers, workers: own, green, drained, updating, planned, ending }: Other): PeerState {
    const before = this.#peers[host] ?? unheardPeer(host, 0);
    const { nowMs } = this.scene;
    if (!healerAnswers) {
      return hearPeer(before, { kind: "failed", failure: "timeout", detail: "it does not answer within 1.5 s" }, nowMs)
        .state;
    }
    this.#sequence += 1;
    const marks: PeerMarks = { workers: { own, green, drained }, updating, planned, ending };
    const view = { incarnation: "m", sequence: this.#sequence, listens: true, marks };
    return hearPeer(before, { kind: "view", view }, nowMs).state;
  }
}

const there = {
  healerAnswers: true,
  workersAnswer: true,
  planned: undefined,
  ending: false,
  drained: 0,
  updating: undefined,
};
