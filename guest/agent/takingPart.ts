import type { Verdict } from "./targetHealth.ts";
import { standsBack, tellKeepalived } from "./tellKeepalived.ts";

/** Longer than the first look at every candidate takes. */
const withoutPoolMs = 10_000;

/**
 * Whether this balancer may have the address, as keepalived is told: once it has a pool, and while nginx answers.
 *
 * A machine that has just booted has an empty pool and would answer 503 to everybody. It hears the holder and stays
 * backup; but a holder that stands still for half a second in that moment would lose the address to it. So the boot
 * itself begins with "stand back", before keepalived runs. A pool ends that; and so does a while in which no worker was
 * found, as a balancer without workers is as good as any other. One that was not told where to look, or cannot read it,
 * goes on standing back.
 */
export class TakingPart {
  readonly #path: string;
  #isReady: boolean;
  #verdict: Verdict = "absent";
  #timer: NodeJS.Timeout | undefined;

  /** An agent that starts anew beside a balancer that takes part takes nothing from it. */
  constructor(path: string) {
    this.#path = path;
    this.#isReady = !standsBack(path);
  }

  /** From now on workers are looked for. Safe to repeat. */
  settingsAreThere(): void {
    if (this.#isReady || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.begin(), withoutPoolMs).unref();
  }

  begin(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#say();
  }

  serviceIs(verdict: Verdict): void {
    this.#verdict = verdict;
    this.#say();
  }

  /** What has not been judged yet changes nothing. */
  #say(): void {
    if (this.#verdict !== "absent") tellKeepalived(this.#path, !this.#isReady || this.#verdict !== "up");
  }
}
