/**
 * What the checks say about one worker, as a pure state machine: evidence in, verdict and the reason for it out.
 */
export type Verdict =
  /** Has not answered since the agent started: most often a slot that nobody has built. */
  | "absent"
  | "up"
  /** Alive and leaving on purpose: it gets no new request and finishes those it has. */
  | "draining"
  /** Silent for several checks: it may be slow, paused or dead. */
  | "soft"
  /** Does not serve: its machine refuses, has no route, is someone else, or has been silent for too long. */
  | "hard";

export type Evidence =
  | { readonly kind: "ok" }
  | { readonly kind: "draining" }
  /** A check got no answer. `alive`: its machine was knocked at meanwhile, and answered. */
  | { readonly kind: "silent"; readonly afterMs: number; readonly alive: boolean }
  /** A knock got no answer in time, or one, however late. */
  | { readonly kind: "missed"; readonly afterMs: number }
  | { readonly kind: "alive"; readonly afterMs: number }
  /** Refused, reset, no route, the wrong machine, an answer that is no health: `what` completes "the check ...". */
  | { readonly kind: "bad"; readonly what: string; readonly isRefused?: boolean };

/** How the last check failed, for whoever has to find the cause. */
export type Failure = "refused" | "silent" | "wrong";

export interface TargetHealth {
  readonly verdict: Verdict;
  /** When this verdict was reached, on the agent's monotonic clock. */
  readonly sinceMs: number;
  /** One sentence: why the verdict is what it is. */
  readonly reason: string;
  readonly everUp: boolean;
  /** When it last came into use: it had not served before, or had been gone. */
  readonly returnedMs: number;
  /** Undefined while the last check was good. */
  readonly failure?: Failure | undefined;
  /** True if nothing that was sent there can still be answered: waiting on its connections is in vain. */
  readonly isGone: boolean;
  /** Checks in a row without an answer, and with a good one. */
  readonly silences: number;
  /** Checks and knocks in a row to which not even its machine has answered. */
  readonly misses: number;
  /** When the first of those was sent. */
  readonly missingSinceMs: number;
  /** The slowest that its machine has answered a knock of late, and when that was: one that stands still at times has it large. */
  readonly slowestMs: number;
  readonly slowestAtMs: number;
  readonly successes: number;
  /** How often it was judged by silence of late and turned out to live, and when that last happened. */
  readonly falseAlarms: number;
  readonly falseAlarmMs: number;
}

export interface HealthLimits {
  /** Misses in a row until a worker whose machine is silent too is `soft`. */
  readonly fall: number;
  /**
   * Silences in a row until one is whose machine answers. It is busy more often than hung, and taking a busy worker away
   * makes the others busier, until the whole pool has been taken away for being slow.
   */
  readonly busyFall: number;
  /** Good checks in a row until a worker is `up`. */
  readonly rise: number;
  /** A worker that is `soft` for so long is `hard`: hiccups do not last. */
  readonly softLimitMs: number;
  /** So long a false alarm doubles the silent checks that it takes; so many do at most. */
  readonly falseAlarmsLastMs: number;
  readonly maxFalseAlarms: number;
  /** So long a slow answer to a knock is remembered; its machine counts as gone after so many times as long, at the least. */
  readonly slownessLastsMs: number;
  readonly slownessFactor: number;
  /** For so long a worker that has come into use may stumble: it is cold, and its host has just had a boot to do. */
  readonly youngMs: number;
}

const answered = { silences: 0, misses: 0 };

export function newTarget(nowMs: number): TargetHealth {
  return {
    verdict: "absent",
    sinceMs: nowMs,
    reason: "never answered",
    everUp: false,
    returnedMs: nowMs,
    isGone: false,
    ...answered,
    missingSinceMs: nowMs,
    slowestMs: 0,
    slowestAtMs: nowMs,
    successes: 0,
    falseAlarms: 0,
    falseAlarmMs: nowMs,
  };
}

export function observe(health: TargetHealth, evidence: Evidence, nowMs: number, limits: HealthLimits): TargetHealth {
  switch (evidence.kind) {
    case "ok": {
      const successes = Math.min(health.successes + 1, limits.rise);
      const next = { ...health, failure: undefined, ...answered, successes };
      if (health.verdict === "up" || successes < limits.rise) return next;
      const alarms = health.verdict === "soft" ? afterFalseAlarm(health, nowMs, limits) : {};
      return become({ ...next, ...alarms, isGone: false }, "up", nowMs, `${counted(successes, "check")} passed`);
    }
    case "draining":
      return become(
        { ...health, failure: undefined, isGone: false, ...answered, successes: 0 },
        "draining",
        nowMs,
        "it said that it is leaving",
      );
    case "silent": {
      const missing = evidence.alive ? { misses: 0 } : afterMiss(health, evidence.afterMs, nowMs);
      const silences = health.silences + 1;
      return afterSilence(
        { ...health, ...missing, failure: "silent", silences, successes: 0 },
        evidence.afterMs,
        nowMs,
        limits,
      );
    }
    case "missed":
      return afterSilence(
        { ...health, ...afterMiss(health, evidence.afterMs, nowMs) },
        evidence.afterMs,
        nowMs,
        limits,
      );
    case "alive":
      return { ...health, ...slownessAfter(health, evidence.afterMs, nowMs, limits), misses: 0 };
    case "bad":
      return become(
        { ...health, failure: evidence.isRefused ? "refused" : "wrong", isGone: true, ...answered, successes: 0 },
        "hard",
        nowMs,
        `the check ${evidence.what}`,
      );
  }
}

function afterSilence(health: TargetHealth, afterMs: number, nowMs: number, limits: HealthLimits): TargetHealth {
  switch (health.verdict) {
    case "up":
    case "draining": {
      const doublings = Math.max(recentFalseAlarms(health, nowMs, limits), isYoung(health, nowMs, limits) ? 1 : 0);
      const patience = 2 ** doublings;
      const { silences, misses } = health;
      const isMissing =
        nowMs - health.missingSinceMs >= limits.slownessFactor * recentSlownessMs(health, nowMs, limits);
      if (misses >= patience * limits.fall && isMissing) {
        const reason = `its machine answered none of ${misses} in a row within ${afterMs} ms`;
        return become({ ...health, failure: "silent", isGone: true }, "soft", nowMs, reason);
      }
      if (silences < patience * limits.busyFall) return health;
      const reason = `${counted(silences, "check")} got no answer within ${afterMs} ms, though its machine answers`;
      return become({ ...health, isGone: false }, "soft", nowMs, reason);
    }
    case "soft": {
      const silentMs = Math.round(nowMs - health.sinceMs);
      if (silentMs < limits.softLimitMs) return health;
      return become({ ...health, isGone: true }, "hard", nowMs, `no check was answered for ${silentMs} ms`);
    }
    case "absent":
    case "hard":
      return health;
  }
}

/**
 * One that was only silent and answers again was judged too soon, and every such judgement costs the requests that it had
 * in hand: on a site at the end of its strength that is how slowness becomes an outage. So each makes the next one slower;
 * but for a young one, whose stumbling says nothing of how it is going to be.
 */
function afterFalseAlarm(health: TargetHealth, nowMs: number, limits: HealthLimits) {
  if (isYoung(health, nowMs, limits)) return {};
  const falseAlarms = Math.min(recentFalseAlarms(health, nowMs, limits) + 1, limits.maxFalseAlarms);
  return { falseAlarms, falseAlarmMs: nowMs };
}

function recentFalseAlarms({ falseAlarms, falseAlarmMs }: TargetHealth, nowMs: number, limits: HealthLimits): number {
  return nowMs - falseAlarmMs < limits.falseAlarmsLastMs ? falseAlarms : 0;
}

function afterMiss({ misses, missingSinceMs }: TargetHealth, afterMs: number, nowMs: number) {
  return { misses: misses + 1, missingSinceMs: misses === 0 ? nowMs - afterMs : missingSinceMs };
}

/**
 * A machine whose kernel takes long to answer gets too little of its host's processors, and its silence says less. What its
 * kernel has needed of late is what tells how much less.
 */
function slownessAfter(health: TargetHealth, afterMs: number, nowMs: number, limits: HealthLimits) {
  if (afterMs < recentSlownessMs(health, nowMs, limits)) return {};
  return { slowestMs: afterMs, slowestAtMs: nowMs };
}

function recentSlownessMs({ slowestMs, slowestAtMs }: TargetHealth, nowMs: number, limits: HealthLimits): number {
  return nowMs - slowestAtMs < limits.slownessLastsMs ? slowestMs : 0;
}

function isYoung({ returnedMs }: TargetHealth, nowMs: number, { youngMs }: HealthLimits): boolean {
  return nowMs - returnedMs < youngMs;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `a ${noun}` : `${count} ${noun}s in a row`;
}

/** Evidence that repeats a verdict leaves its time and reason alone; only an `up` ever ends `absent`. */
function become(health: TargetHealth, verdict: Verdict, nowMs: number, reason: string): TargetHealth {
  if (health.verdict === verdict) return health;
  if (health.verdict === "absent" && verdict !== "up") return { ...health, reason };
  const returns = verdict === "up" && (health.verdict === "absent" || health.verdict === "hard");
  const returnedMs = returns ? nowMs : health.returnedMs;
  return { ...health, verdict, sinceMs: nowMs, reason, everUp: health.everUp || verdict === "up", returnedMs };
}
