/** The journal of a simulated healer: dated by a wall clock that is set now and then, as the real one is. */
import type { JournalEntry } from "../core/actions.ts";
import { pastOf } from "../core/past.ts";
import type { Past } from "../core/state.ts";
import { JournalClock } from "../journal/journalClock.ts";
import { type Written, withAges } from "../journal/withAges.ts";

/** The world that a clock stands in: how late it is in truth, and by how much a wall clock is ahead of it. */
export interface ClockWorld {
  readonly nowMs: number;
  readonly aheadMs: number;
}

export class SimJournal {
  readonly #world: ClockWorld;
  readonly #entries: Written<JournalEntry>[] = [];
  #clock: JournalClock;
  /** What this healer's clock has been set to. The world's may be set while there is no healer to see it. */
  #aheadMs = 0;

  constructor(world: ClockWorld) {
    this.#world = world;
    this.#clock = this.#open();
  }

  /**
   * A healer begins, and reads what is written.
   *
   * A clock that is set forward while there is no healer looks like time that has passed. So it is set as soon as the
   * healer is there.
   */
  reopen(): Past {
    this.#aheadMs = Math.min(this.#aheadMs, this.#world.aheadMs);
    this.#clock = this.#open();
    return this.read();
  }

  read(): Past {
    return pastOf(withAges(this.#entries, this.#wallMs));
  }

  write(entry: JournalEntry): void {
    this.#note();
    this.#entries.push({ atMs: this.#wallMs, entry });
  }

  /** Whoever set the clock has done so by now. */
  noteClock(): void {
    this.#aheadMs = this.#world.aheadMs;
    this.#note();
  }

  get #wallMs(): number {
    return this.#world.nowMs + this.#aheadMs;
  }

  #open(): JournalClock {
    const clock = new JournalClock({ wallMs: () => this.#wallMs, monotonicMs: () => this.#world.nowMs });
    this.#entries.push({ atMs: clock.read().atMs, entry: { kind: "opened", boot: "the only one" } });
    return clock;
  }

  #note(): void {
    const { atMs, setByMs } = this.#clock.read();
    if (setByMs !== 0) this.#entries.push({ atMs, entry: { kind: "clockSet", byMs: setByMs } });
    this.#clock.written(setByMs);
  }
}
