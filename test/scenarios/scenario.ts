import type { Diary, Place } from "../support/healing.ts";

/** Something that happens to a host under the eyes of its healer, and what has to be so afterwards. */
export interface Scenario {
  readonly what: string;
  /** How long it may take, if that is more than most. */
  readonly timeoutMs?: number;
  readonly play: (place: Place, diary: Diary) => Promise<void>;
}
