import type { Emit, Signal } from "./signal.ts";

export interface TicksSettings {
  readonly intervalMs?: number;
}

/**
 * The core's clock, and its only means to know that it was not listening: a tick says by how much it is late. It comes in
 * the phase of timers, so a tick after a pause is seen before anything that arrived during that pause.
 */
export function startTicks({ intervalMs = 100 }: TicksSettings, emit: Emit): Signal {
  let dueMs = performance.now() + intervalMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const lagMs = Math.max(0, nowMs - dueMs);
    // The timer keeps its interval from when it last ran, so a tick that was late is not made up for.
    dueMs = nowMs + intervalMs;
    emit({ kind: "tick", lagMs });
  }, intervalMs);
  return {
    async close() {
      clearInterval(timer);
    },
  };
}
