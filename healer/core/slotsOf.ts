import type { SlotState, State } from "./state.ts";

const lists = new WeakMap<State["slots"], readonly SlotState[]>();

/**
 * All slots. Each table is listed once, since it never changes: a step asks for the list again and again, and to list
 * thousands of slots takes longer than what is asked of them.
 */
export function slotsOf({ slots }: Pick<State, "slots">): readonly SlotState[] {
  const known = lists.get(slots);
  if (known !== undefined) return known;
  const list = Object.values(slots);
  lists.set(slots, list);
  return list;
}
