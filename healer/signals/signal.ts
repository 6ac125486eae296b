import type { Logger } from "pino";
import type { News } from "../core/events.ts";

/** Something that observes until it is closed. `close` resolves when its processes and connections are gone. */
export interface Signal {
  close(): Promise<void>;
}

/** Takes what was observed. It returns at once: whoever is told does the work later. */
export type Emit = (news: News) => void;

/** What a signal writes about itself, as opposed to what it observes. */
export type Log = Pick<Logger, "info" | "warn">;
