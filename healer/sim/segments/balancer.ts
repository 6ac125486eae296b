import { IsolationWatch, tickMs } from "../../../guest/agent/isolationWatch.ts";
import type { KnockAt } from "../../../guest/agent/machineKnock.ts";

/** As in the balancers' keepalived.conf. */
const advertMs = 100;

/** What a balancer sends to all others ten times a second while it holds the address; priority 0: it holds it no more. */
export interface Advert {
  readonly from: number;
  readonly priority: number;
}

export interface BalancerSettings {
  readonly id: number;
  readonly priority: number;
  /** When its agent first looks, from 0 to `tickMs`: no two of them look at the same moment. */
  readonly phaseMs: number;
  readonly send: (advert: Advert) => void;
  readonly knock: KnockAt;
}

/**
 * A balancer: the agent's own watch of what is beyond its host, and keepalived as far as that moves it: VRRP 3 (RFC 5798, 6.1
 * and 6.4) without preemption, with keepalived's answer to a lower advert, which the RFC drops. A machine that stands still
 * is the lab's to break: no clock stops here, and so there is no `timer_expired_backup`.
 */
export class Balancer {
  readonly id: number;
  readonly priority: number;
  holds = false;
  /** It runs; false while its host has no power. */
  isUp = true;
  readonly #settings: BalancerSettings;
  #watch: IsolationWatch;
  #isCutOff = false;
  #takesOverMs: number;
  #advertMs = 0;
  #looksMs: number;

  constructor(settings: BalancerSettings) {
    this.id = settings.id;
    this.priority = settings.priority;
    this.#settings = settings;
    this.#watch = this.#newWatch(false);
    this.#looksMs = settings.phaseMs;
    this.#takesOverMs = this.#masterDownMs;
  }

  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  /** What is in memory alone is lost: a balancer begins as a backup that is not cut off. */
  start(nowMs: number): void {
    this.isUp = true;
    this.#isCutOff = false;
    this.#watch = this.#newWatch(false);
    this.#becomeBackup(nowMs);
  }

  stop(): void {
    this.isUp = false;
    this.holds = false;
  }

  /** The file that keepalived tracks outlives the agent. */
  restartAgent(): void {
    this.#watch = this.#newWatch(this.#isCutOff);
  }

  /** `outside`: what its agent knows of checks and whom it may ask; undefined where no site has a witness. */
  run(nowMs: number, outside: Parameters<IsolationWatch["tick"]>[0]): void {
    if (!this.isUp) return;
    if (nowMs >= this.#looksMs) {
      this.#looksMs = nowMs + tickMs;
      this.#watch.tick(outside);
      this.#obey(nowMs);
    }
    if (this.#isCutOff) return;
    if (!this.holds && nowMs >= this.#takesOverMs) {
      this.holds = true;
      this.#advertMs = nowMs;
    }
    if (!this.holds || nowMs < this.#advertMs) return;
    this.#advertMs = nowMs + advertMs;
    this.#settings.send({ from: this.id, priority: this.priority });
  }

  hear({ from, priority }: Advert, nowMs: number): void {
    if (!this.isUp || this.#isCutOff) return;
    if (this.holds) {
      if (priority > this.priority || (priority === this.priority && from > this.id)) this.#becomeBackup(nowMs);
      // A lower one learns at once that it is one too many, and one that let go that it need not.
      else this.#advertMs = nowMs;
      return;
    }
    this.#takesOverMs = nowMs + (priority === 0 ? this.#skewMs : this.#masterDownMs);
  }

  get #skewMs(): number {
    return ((256 - this.priority) * advertMs) / 256;
  }

  get #masterDownMs(): number {
    return 3 * advertMs + this.#skewMs;
  }

  #newWatch(wasCutOff: boolean): IsolationWatch {
    return new IsolationWatch(
      wasCutOff,
      (isCutOff) => {
        this.#isCutOff = isCutOff;
      },
      this.#settings.knock,
    );
  }

  #obey(nowMs: number): void {
    if (!this.#isCutOff) {
      if (!this.holds && this.#takesOverMs === Number.POSITIVE_INFINITY) this.#becomeBackup(nowMs);
      return;
    }
    if (this.holds) this.#settings.send({ from: this.id, priority: 0 });
    this.holds = false;
    this.#takesOverMs = Number.POSITIVE_INFINITY;
  }

  #becomeBackup(nowMs: number): void {
    this.holds = false;
    this.#takesOverMs = nowMs + this.#masterDownMs;
  }
}
