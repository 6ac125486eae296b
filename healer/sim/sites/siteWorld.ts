/** The simulated site, seen from one host: its own machines, and the other hosts as they are. */
import type { Evacuated } from "../../core/standIns.ts";
import type { PlannedSlot } from "../../core/state.ts";
import type { SiteFault, SiteFaultKind, SiteScenario } from "./siteScenario.ts";

/** Why a host says that it goes: a person has drained it, or its healer was told to end. */
export type Leaving = "drained" | "ending";

export const plannedFiles = "f";

/** Their hardware addresses. */
export const balancersOfSite = { bk: "52:54:00:a8:0a:10", mb: "52:54:00:a8:0a:1a" } as const;

export interface SiteMachine {
  isUp: boolean;
  isDrained: boolean;
  /** Each start is another incarnation. */
  starts: number;
}

export class SiteWorld {
  nowMs = 0;
  workers: number;
  evacuated: Evacuated = {};
  readonly machines = new Map<string, SiteMachine>();
  readonly #scenario: SiteScenario;

  constructor(scenario: SiteScenario) {
    this.#scenario = scenario;
    this.workers = scenario.own;
    this.#build();
  }

  isOn(kind: SiteFaultKind, host?: string): boolean {
    return this.#now.some((fault) => fault.kind === kind && (host === undefined || fault.host === host));
  }

  get #now(): readonly SiteFault[] {
    return this.#scenario.faults.filter(({ atMs, forMs }) => this.nowMs >= atMs && this.nowMs < atMs + forMs);
  }

  /** By how much the wall clock is ahead of the time that has passed: minutes or hours, either way. */
  get aheadMs(): number {
    const fault = this.#now.find(({ kind }) => kind === "set-clock");
    return fault === undefined ? 0 : fault.forMs * (fault.forMs % 2 === 0 ? 100 : -100);
  }

  /** How many workers fit now. */
  get capacity(): number {
    return this.isOn("room") ? this.#scenario.own : this.#scenario.capacity;
  }

  hearsHealer(host: string): boolean {
    return !["power", "deaf"].some((kind) => this.isOn(kind as SiteFaultKind, host)) && !this.isOn("isolated");
  }

  /** It says so before it goes, and is gone then. */
  leaves(host: string): Leaving | undefined {
    if (this.isOn("drained", host)) return "drained";
    return this.isOn("planned", host) || this.isOn("reboot", host) ? "ending" : undefined;
  }

  seesWorkers(host: string): boolean {
    const gone = ["power", "cut", "reboot", "drained"];
    return !gone.some((kind) => this.isOn(kind as SiteFaultKind, host)) && !this.isOn("isolated");
  }

  /** Who answers on this side for the service's address. A balancer that stands back leaves it to the other side of the cut. */
  get addressHolders(): string[] {
    const isOnThisSide = !this.#scenario.hasWitness || !this.isOn("isolated");
    return [
      ...(isOnThisSide ? [balancersOfSite.bk] : []),
      ...(isOnThisSide && this.isOn("second-holder") ? [balancersOfSite.mb] : []),
      ...(this.isOn("stranger") ? ["00:1b:21:00:00:01"] : []),
    ];
  }

  get hearsWitness(): boolean {
    return !this.isOn("witness") && !this.isOn("isolated");
  }

  deploy(workers: number, evacuated: Evacuated): void {
    this.workers = workers;
    this.evacuated = evacuated;
    this.#build();
  }

  get planned(): PlannedSlot[] {
    const standIns = Object.entries(this.evacuated).flatMap(([host, count]) => Array<string>(count).fill(host));
    return [...this.machines.keys()].map((slot, index) => {
      const role = index === 0 ? "balancer" : "worker";
      const standsInFor = standIns[index - 1 - (this.workers - standIns.length)];
      const known = { slot, role, plannedFiles } as const;
      return standsInFor === undefined ? known : { ...known, standsInFor };
    });
  }

  #build(): void {
    const names = ["lb-1", ...Array.from({ length: this.workers }, (_, index) => `web-${index + 1}`)];
    for (const slot of names) {
      if (!this.machines.has(slot)) this.machines.set(slot, { isUp: true, isDrained: false, starts: 1 });
    }
    for (const slot of this.machines.keys()) if (!names.includes(slot)) this.machines.delete(slot);
  }
}
