import type { Limits } from "../core/limits.ts";
import type { State } from "../core/state.ts";
import type { Told } from "./told.ts";
import { must } from "./violation.ts";

/** Watches what persons are told: all that only they can mend, once, and until it is over. */
export class WatchPages {
  readonly #limits: Limits;
  readonly #sent = new Set<string>();
  /** The slots whose repair a lock holds up. */
  readonly #locked = new Set<string>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get sent(): ReadonlySet<string> {
    return this.#sent;
  }

  restart(): void {
    this.#sent.clear();
    this.#locked.clear();
  }

  send(topic: string, sentence: string): void {
    must(!this.#sent.has(topic), "a page is sent once", () => topic);
    must(sentence !== "", "every page has a sentence", () => topic);
    this.#sent.add(topic);
  }

  clear(topic: string): void {
    must(this.#sent.delete(topic), "only what was paged is over", () => topic);
  }

  hindered(slot: string, isLocked: boolean): void {
    if (isLocked) this.#locked.add(slot);
    else this.#locked.delete(slot);
  }

  /** That what is paged is what the core has noted; and the state is as large after a year as after a minute. */
  checkNoted({ pages, slots }: State): void {
    const topics = Object.keys(pages);
    const isSame = topics.length === this.#sent.size && topics.every((topic) => this.#sent.has(topic));
    must(isSame, "pages are sent as they are noted", () => topics.join(" "));
    const most = 8 + 4 * Object.keys(slots).length;
    must(topics.length <= most, "the state is bounded", () => `${topics.length} pages`);
  }

  /** That persons know of what only they can mend, and of nothing that is over. */
  checkDue(state: State, told: Told, nowMs: number): void {
    const { domainsFreshMs, minPoolFreeBytes, minStateFreeBytes, pageAfterMs, silentMs } = this.#limits;
    const { silentSinceMs } = told;
    this.#expects(silentSinceMs !== undefined && nowMs - silentSinceMs > domainsFreshMs + 1_000, "hypervisorDown");
    this.#expectsWhile(told.poolFreeBytes < minPoolFreeBytes, "poolFull");
    this.#expectsWhile(told.stateFreeBytes < minStateFreeBytes, "stateFull");
    for (const { slot, status, sinceMs } of Object.values(state.slots)) {
      this.#expects(status === "red" && nowMs - sinceMs > pageAfterMs + 1_000, `${slot}.red`);
      this.#expects(this.#locked.has(slot), `${slot}.locked`);
      const { changedMs, beatMs = 0 } = told.slots.get(slot) ?? {};
      // What has to be repaired all the same is told of as that.
      const isIdle = nowMs - beatMs <= silentMs && !["red", "repairing", "settling"].includes(status);
      this.#expects(isIdle && changedMs !== undefined && nowMs - changedMs > 1_500, `${slot}.filesChanged`);
    }
  }

  #expects(isDue: boolean, topic: string): void {
    const isTold = !isDue || this.#sent.has(topic);
    must(isTold, "persons are told what only they can mend", () => `no page of ${topic}`);
  }

  #expectsWhile(isDue: boolean, topic: string): void {
    this.#expects(isDue, topic);
    must(isDue || !this.#sent.has(topic), "pages end", () => `${topic} is over`);
  }
}
