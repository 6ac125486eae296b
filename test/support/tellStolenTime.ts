import { afterEach, beforeEach, type TestContext } from "node:test";
import { renderStolen } from "../../bench/report.ts";
import { watchStolen } from "../../bench/stolenTime.ts";

/** Less happens on every virtual machine, and fails nothing. */
const tellingShare = 0.05;

/**
 * To be called once in a file: each of its tests says when others took the processors of this machine. Guests that get no
 * time look like guests that hang.
 */
export function tellStolenTime(): void {
  const stolenSince = new Map<string, () => Promise<number>>();
  beforeEach(async (t) => {
    stolenSince.set((t as TestContext).fullName, await watchStolen());
  });
  afterEach(async (t) => {
    const test = t as TestContext;
    const share = await stolenSince.get(test.fullName)?.();
    if (share !== undefined && share >= tellingShare) test.diagnostic(renderStolen(share));
  });
}
