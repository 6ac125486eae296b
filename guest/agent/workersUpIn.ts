import type { CheckedTarget } from "./selectUpstreams.ts";

/** How many workers of each host answer. A host none of whose workers does is in it, too: that is what is asked for. */
export function workersUpIn(targets: readonly CheckedTarget[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id, health } of targets) {
    const host = id.slice(0, id.indexOf("/"));
    const answers = health.verdict === "up" || health.verdict === "draining";
    counts[host] = (counts[host] ?? 0) + (answers ? 1 : 0);
  }
  return counts;
}
