/** How long the machines were silent, by what their healers measure: what a timer alone would have acted on. */
import { limitsFor } from "../healer/core/limits.ts";
import type { Figures } from "./cases/case.ts";
import { curlHealer } from "./curlHealer.ts";
import type { Rig } from "./rig.ts";

/** Of the time until a silent machine is reset. The metric has a bucket for each. */
export const timerFactors = [0.5, 1, 2] as const;

const { resetAfterMs } = limitsFor.tcg;

export interface Silences {
  readonly beats: number;
  /** By `timerFactors`. */
  readonly longer: readonly number[];
}

/**
 * From now on until it is asked. Rejects if a healer does not answer, or has begun to count anew meanwhile.
 */
export async function silencesFromNow(rig: Rig): Promise<() => Promise<Figures>> {
  const before = await silencesOf(rig);
  return async () => {
    const after = await silencesOf(rig);
    const since = (figure: (of: Silences) => number) => {
      const count = figure(after) - figure(before);
      if (!(count >= 0)) throw new Error("a healer has begun to count heartbeats anew: what it heard is not known");
      return count;
    };
    const longer = (index: number) => since((of) => of.longer[index] ?? Number.NaN);
    return {
      beats: since(({ beats }) => beats),
      silencesHalf: longer(0),
      silencesOnce: longer(1),
      silencesTwice: longer(2),
    };
  };
}

async function silencesOf({ lab, hosts }: Rig): Promise<Silences> {
  const scrapes = hosts.map((host) => curlHealer({ lab, host }, "/metrics", "--fail"));
  return silencesIn((await Promise.all(scrapes)).join("\n"));
}

/** What scrapes say, in Prometheus' own form. Throws if they say nothing of heartbeats. */
export function silencesIn(text: string): Silences {
  const buckets = [...text.matchAll(/^vigil_heartbeat_gap_seconds_bucket\{le="([^"]+)",slot="[^"]+"\} (\d+)$/gm)];
  const sum = (label: string) => buckets.reduce((total, [, bound, n]) => total + (bound === label ? Number(n) : 0), 0);
  const beats = sum("+Inf");
  if (beats === 0) throw new Error(`the healers have counted no heartbeats: ${text.slice(0, 200)}`);
  return { beats, longer: timerFactors.map((factor) => beats - sum(`${(factor * resetAfterMs) / 1000}`)) };
}
