import { answersPing } from "./pings.ts";
import type { Emit, Log, Signal } from "./signal.ts";

export interface WitnessSettings {
  readonly address: string;
  readonly intervalMs?: number;
  readonly log: Log;
  /** Another way to ask, for tests. */
  readonly ask?: typeof answersPing;
}

/** Asks the site's witness every other second, by which this host knows whether it is cut off itself. */
export function watchWitness(
  { address, intervalMs = 2_000, log, ask = answersPing }: WitnessSettings,
  emit: Emit,
): Signal {
  let isClosed = false;
  let isAsking = false;

  async function look(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    const answered = await ask(address, log);
    isAsking = false;
    // Who could not ask has not heard it either.
    if (!isClosed) emit({ kind: "witness", answered: answered === true });
  }

  void look();
  const timer = setInterval(look, intervalMs);
  return {
    async close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}
