import type { Figures, Run } from "../cases/case.ts";
import { figuresOf } from "../cases/case.ts";
import { summarize } from "../statistics.ts";
import type { Return } from "./killAndAwait.ts";
import { type Step, steps, type Waterfall } from "./waterfall.ts";

/** From the kill to the answer, and the parts of it: until somebody acts, until QEMU runs again, until the machine answers. */
export function splitOf({ killedMs, startedMs, answeredMs, doneMs }: Return, actingMs: number): Figures {
  return {
    awayMs: answeredMs - killedMs,
    detectMs: actingMs - killedMs,
    actMs: startedMs - actingMs,
    bootMs: answeredMs - startedMs,
    replaceMs: answeredMs - actingMs,
    doneMs: doneMs - killedMs,
  };
}

/** The medians of the steps over all runs of a method; its steps then add up to about a run. */
export function medianWaterfall(runs: readonly Run[], method: string): Waterfall {
  const medians = (Object.keys(steps) as Step[]).map((step) => {
    return [step, summarize(figuresOf(runs, method, `${step}Ms`))?.median] as const;
  });
  return Object.fromEntries(medians.filter(([, ms]) => ms !== undefined));
}
