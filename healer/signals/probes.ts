import { pingSlot } from "./pings.ts";
import { knock, type PortTarget } from "./ports.ts";
import type { Emit, Log, Signal } from "./signal.ts";

export interface ProbesSettings {
  readonly targets: readonly PortTarget[];
  readonly log: Log;
}

export interface Probes extends Signal {
  /**
   * Asks the slot's machine now, by ping and by a connect, and tells both answers within about a second. While the last
   * probe of a slot is under way, another one changes nothing. Throws if the slot is none of the targets.
   */
  probe(slot: string): void;
}

/** Asks single machines on demand. */
export function createProbes({ targets, log }: ProbesSettings, emit: Emit): Probes {
  const bySlot = new Map(targets.map((target) => [target.slot, target]));
  const underWay = new Map<string, Promise<void>>();
  let isClosed = false;
  const emitUntilClosed: Emit = (event) => {
    if (!isClosed) emit(event);
  };

  async function ask(target: PortTarget): Promise<void> {
    await Promise.all([pingSlot(target, log, emitUntilClosed), knock(target, log, emitUntilClosed)]);
    underWay.delete(target.slot);
  }

  return {
    probe(slot) {
      const target = bySlot.get(slot);
      if (target === undefined) throw new Error(`no slot ${slot} to probe`);
      if (isClosed || underWay.has(slot)) return;
      underWay.set(slot, ask(target));
    },
    // A ping lives for a second at most, and is waited for rather than ended.
    async close() {
      isClosed = true;
      await Promise.all(underWay.values());
    },
  };
}
