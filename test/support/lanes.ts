import type { TestContext } from "node:test";
import type { Place } from "./healing.ts";

/** One list per host. */
export type Lanes<Item> = readonly (readonly [Place, readonly Item[]])[];

/** The hosts take turns, one item at a time: while one is repaired, nothing is broken on the other. */
export async function takeTurns<Item>(
  t: TestContext,
  lanes: Lanes<Item>,
  play: (t: TestContext, place: Place, item: Item) => Promise<void>,
): Promise<void> {
  const rounds = Math.max(...lanes.map(([, items]) => items.length));
  for (let round = 0; round < rounds; round += 1) {
    for (const [place, items] of lanes) {
      const item = items[round];
      if (item !== undefined) await play(t, place, item);
    }
  }
}

/**
 * Each host goes through its own list, whatever the others do: for what has to come to its end, however long it takes.
 * The test that `t` belongs to has to allow that many subtests at once.
 */
export async function sideBySide<Item>(
  t: TestContext,
  lanes: Lanes<Item>,
  play: (t: TestContext, place: Place, item: Item) => Promise<void>,
): Promise<void> {
  const ends = lanes.map(async ([place, items]) => {
    for (const item of items) await play(t, place, item);
  });
  await Promise.all(ends);
}
