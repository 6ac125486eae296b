import type { State, Status } from "../core/state.ts";
import { must } from "./violation.ts";

const edges: Readonly<Record<Status, readonly Status[]>> = {
  unknown: ["green", "yellow", "red"],
  green: ["unknown", "yellow", "red"],
  yellow: ["unknown", "green", "red"],
  red: ["unknown", "green", "yellow", "repairing"],
  repairing: ["settling", "red"],
  settling: ["unknown", "green", "yellow", "red"],
};

/** Watches the status of each slot: every change is legal, has a sentence, and is journalled. */
export class WatchStatuses {
  readonly #statuses = new Map<string, Status>();

  constructor(slots: readonly string[]) {
    for (const slot of slots) this.#statuses.set(slot, "unknown");
  }

  restart(): void {
    for (const slot of this.#statuses.keys()) this.#statuses.set(slot, "unknown");
  }

  /** Notes what the journal says, and returns what it was before. */
  move(slot: string, status: Status, sentence: string): Status {
    const from = this.#statuses.get(slot) ?? "unknown";
    must(edges[from].includes(status), "every edge is legal", () => `${slot} from ${from} to ${status}`);
    must(sentence !== "", "every status has a sentence", () => `${slot} ${status}`);
    this.#statuses.set(slot, status);
    return from;
  }

  check(before: State, state: State): void {
    for (const name in state.slots) {
      const slot = state.slots[name];
      if (slot === undefined || slot === before.slots[name]) continue;
      must(slot.status === this.#statuses.get(name), "every status is journalled", () => `${name} ${slot.status}`);
      must(slot.sentence !== "", "every status has a sentence", () => `${name} ${slot.status}`);
    }
    const count = Object.keys(state.slots).length;
    must(count === this.#statuses.size, "the state is bounded", () => `${count} slots`);
  }
}
