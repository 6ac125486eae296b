import assert from "node:assert/strict";
import { test } from "node:test";
import { heartbeatGapBuckets } from "../healer/api/metrics.ts";
import { limitsFor } from "../healer/core/limits.ts";
import { silencesIn, timerFactors } from "./silences.ts";

test("silences are those beyond each timer, of all machines together", () => {
  const series = (slot: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(
      ([le, count]) => `vigil_heartbeat_gap_seconds_bucket{le="${le}",slot="${slot}"} ${count}`,
    );
  const text = [
    "# TYPE vigil_heartbeat_gap_seconds histogram",
    ...series("web-1", { "1.5": 90, "2.5": 95, "5": 98, "10": 99, "+Inf": 100 }),
    ...series("lb-1", { "1.5": 50, "2.5": 50, "5": 50, "10": 50, "+Inf": 50 }),
    'vigil_heartbeat_gap_seconds_count{slot="web-1"} 100',
  ].join("\n");
  assert.deepEqual(silencesIn(text), { beats: 150, longer: [5, 2, 1] });
  assert.throws(() => silencesIn('{"error":"unauthorized"}'), /have counted no heartbeats/);
});

test("the metric has a bucket for each timer", () => {
  const buckets: readonly number[] = heartbeatGapBuckets;
  for (const { resetAfterMs } of Object.values(limitsFor))
    for (const factor of timerFactors) assert.ok(buckets.includes((factor * resetAfterMs) / 1000), `${factor}`);
});
