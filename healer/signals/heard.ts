/** For tests: keeps what a signal tells, and waits for it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { News } from "../core/events.ts";
import type { Emit, Log } from "./signal.ts";

type Of<Kind extends News["kind"]> = Extract<News, { kind: Kind }>;

export class Heard {
  readonly events: News[] = [];
  readonly logged: string[] = [];
  readonly emit: Emit = (event) => this.events.push(event);
  readonly log: Log = {
    info: (...said: unknown[]) => void this.logged.push(JSON.stringify(said)),
    warn: (...said: unknown[]) => void this.logged.push(JSON.stringify(said)),
  };

  all<Kind extends News["kind"]>(kind: Kind): Of<Kind>[] {
    return this.events.filter((event): event is Of<Kind> => event.kind === kind);
  }

  /** Resolves when the condition holds. Rejects after `withinMs`, with all that was heard. */
  async until(condition: () => boolean, withinMs = 5_000): Promise<void> {
    const deadlineMs = performance.now() + withinMs;
    while (!condition()) {
      if (performance.now() > deadlineMs) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(this.events)}`);
      await sleep(10);
    }
  }
}
