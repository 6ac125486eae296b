import type { Diary, Place } from "../support/healing.ts";

/** Something that happens to a host under the eyes of its healer, and what has to be so afterwards. */
export interface Scenario {
  readonly what: string;
  readonly play: (place: Place, diary: Diary) => Promise<void>;
}
