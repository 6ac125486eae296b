import type { Verdict } from "./targetHealth.ts";
import { standsBack, tellKeepalived } from "./tellKeepalived.ts";

/**
 * Whether this balancer may have the address, as keepalived is told: once it knows its pool, and while nginx answers.
 *
 * A machine that has just booted has an empty pool and would answer 503 to everybody. It hears the holder and stays
 * backup; but a holder that stands still for half a second in that moment would lose the address to it. So the boot
 * itself begins with "stand back", before keepalived runs, and the first look at every worker ends that, whatever it
 * found: a balancer without workers is as good as any other.
 */
export class TakingPart {
  readonly #path: string;
  #isPoolKnown: boolean;
  #verdict: Verdict = "absent";

  /** An agent that starts anew beside a balancer that takes part takes nothing from it. */
  constructor(path: string) {
    this.#path = path;
    this.#isPoolKnown = !standsBack(path);
  }

  poolIsKnown(): void {
    if (this.#isPoolKnown) return;
    this.#isPoolKnown = true;
    this.#say();
  }

  serviceIs(verdict: Verdict): void {
    this.#verdict = verdict;
    this.#say();
  }

  /** What has not been judged yet changes nothing. */
  #say(): void {
    if (this.#verdict !== "absent") tellKeepalived(this.#path, !this.#isPoolKnown || this.#verdict !== "up");
  }
}
