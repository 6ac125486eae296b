/** What a healer has to remember over its own end, read from what it has journalled. */
import type { JournalEntry } from "./actions.ts";
import { noPast, type Past } from "./state.ts";

/** An entry, and how long ago it was written by the wall clock: the monotonic one begins anew with each healer. */
export interface PastEntry {
  readonly agoMs: number;
  readonly entry: JournalEntry;
}

/** In the order in which they were written. A clock that was set back makes an entry of the future one of just now. */
export function pastOf(entries: readonly PastEntry[]): Past {
  let past = noPast;
  let repairs: { slot: string; agoMs: number; generation: number }[] = [];
  for (const { entry, agoMs: rawAgoMs } of entries) {
    const agoMs = Math.max(0, rawAgoMs);
    switch (entry.kind) {
      case "repairBegun": {
        const { generation } = entry;
        repairs.push(...entry.slots.map(({ slot }) => ({ slot, agoMs, generation })));
        past = { ...past, generation: Math.max(past.generation, generation) };
        break;
      }
      case "repairEnded":
        // What could not begin has cost nothing.
        if (!/^(locked|preflight):/.test(entry.outcome)) break;
        repairs = repairs.filter(({ slot, generation }) => slot !== entry.slot || generation !== entry.generation);
        break;
      case "paused": {
        const forMs = Math.max(0, entry.forMs - agoMs);
        past = entry.slot === undefined ? { ...past, pausedForMs: forMs } : withPausedSlot(past, entry.slot, forMs);
        break;
      }
      case "resumed":
        past =
          entry.slot === undefined
            ? { ...past, pausedForMs: 0, pausedSlotsForMs: {}, breakerForMs: 0 }
            : withPausedSlot(past, entry.slot, 0);
        break;
      case "breaker":
        past = { ...past, breakerForMs: Math.max(0, entry.openForMs - agoMs) };
        break;
      default:
        break;
    }
  }
  return { ...past, repairs };
}

function withPausedSlot(past: Past, slot: string, forMs: number): Past {
  return { ...past, pausedSlotsForMs: { ...past.pausedSlotsForMs, [slot]: forMs } };
}
