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

/** From now on until it is asked. The healers must be the same all the while: a new one begins to count anew. */
export async function silencesFromNow(rig: Rig): Promise<() => Promise<Figures>> {
  const before = await silencesOf(rig);
  return async () => {
    const after = await silencesOf(rig);
    const [half, once, twice] = after.longer.map((count, index) => count - (before.longer[index] ?? 0));
    return {
      beats: after.beats - before.beats,
      silencesHalf: half ?? Number.NaN,
      silencesOnce: once ?? Number.NaN,
      silencesTwice: twice ?? Number.NaN,
    };
  };
}

async function silencesOf({ lab, hosts }: Rig): Promise<Silences> {
  return silencesIn((await Promise.all(hosts.map((host) => curlHealer({ lab, host }, "/metrics")))).join("\n"));
}

/** What scrapes say, in Prometheus' own form. */
export function silencesIn(text: string): Silences {
  const sum = (label: string) => {
    const lines = text.matchAll(/^vigil_heartbeat_gap_seconds_bucket\{le="([^"]+)",slot="[^"]+"\} (\d+)$/gm);
    return [...lines].reduce((total, [, bound, count]) => total + (bound === label ? Number(count) : 0), 0);
  };
  const beats = sum("+Inf");
  return { beats, longer: timerFactors.map((factor) => beats - sum(`${(factor * resetAfterMs) / 1000}`)) };
}
