import type { TestContext } from "node:test";
import type { Place } from "./healing.ts";

/** One list per host: the hosts go through theirs at the same time, as their healers know nothing of each other. */
export type Lanes<Item> = readonly (readonly [Place, readonly Item[]])[];

export async function sideBySide<Item>(
  t: TestContext,
  lanes: Lanes<Item>,
  play: (t: TestContext, place: Place, item: Item) => Promise<void>,
): Promise<void> {
  await Promise.all(
    lanes.map(async ([place, items]) => {
      for (const item of items) await play(t, place, item);
    }),
  );
}
