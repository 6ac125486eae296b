import type { TargetHealth } from "./targetHealth.ts";

/** A worker slot with what the checks say about it. Its id names its host: `bk/web-1`. */
export interface CheckedTarget {
  readonly id: string;
  readonly health: TargetHealth;
}

export interface Selection {
  readonly ids: readonly string[];
  /** One sentence: why these. */
  readonly reason: string;
}

/**
 * Who gets requests. The rule distrusts the checks exactly when they say too much: a balancer that is itself starved or
 * cut off sees all its workers fail, and must not answer that with an outage of its own.
 */
export function selectUpstreams(targets: readonly CheckedTarget[]): Selection {
  const known = targets.filter(({ health }) => health.everUp);
  if (known.length === 0) return { ids: [], reason: "no worker has answered yet" };

  const good = known.filter(({ health }) => health.verdict === "up");
  if (good.length === 0) {
    return { ids: idsOf(known), reason: `none of ${known.length} workers is up: each that ever was gets its chance` };
  }

  // Workers that leave on purpose or lost their host are explained; what is left over tells how far to trust the checks.
  const lost = lostHosts(known);
  const expected = known.filter(({ id, health }) => health.verdict !== "draining" && !lost.has(hostOf(id)));
  const bad = expected.length - good.length;
  if (bad * 2 > expected.length) {
    const doubtful = expected.filter(({ health }) => health.verdict === "soft");
    const chosen = known.filter((target) => good.includes(target) || doubtful.includes(target));
    return {
      ids: idsOf(chosen),
      reason: `${bad} of ${expected.length} workers look bad at once: the ${doubtful.length} that are only silent stay`,
    };
  }
  const hosts = lost.size === 0 ? "" : `; ${[...lost].join(", ")} lost all its workers`;
  return { ids: idsOf(good), reason: `${good.length} of ${known.length} workers are up${hosts}` };
}

/** Hosts on which no worker is left, provided that some other host has all of its own: then the fault is theirs. */
function lostHosts(known: readonly CheckedTarget[]): Set<string> {
  const hosts = Map.groupBy(known, ({ id }) => hostOf(id));
  const isUp = ({ health }: CheckedTarget) => health.verdict === "up";
  if (![...hosts.values()].some((workers) => workers.every(isUp))) return new Set();
  return new Set([...hosts].filter(([, workers]) => !workers.some(isUp)).map(([host]) => host));
}

function hostOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}

function idsOf(targets: readonly CheckedTarget[]): string[] {
  return targets.map(({ id }) => id);
}
