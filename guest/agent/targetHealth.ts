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
  /** `connected` tells a silent service on a living machine from a machine that does not even accept a connection. */
  | { readonly kind: "silent"; readonly afterMs: number; readonly connected: boolean }
  /** Refused, reset, no route, the wrong machine, an answer that is no health: `what` completes "the check ...". */
  | { readonly kind: "bad"; readonly what: string; readonly isRefused?: boolean };

/** How the last check failed, for whoever has to find the cause. */
export type Failure = "refused" | "silent" | "wrong";

type Silence = Extract<Evidence, { kind: "silent" }>;

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
  readonly successes: number;
  /** How often it was judged by silence of late and turned out to live, and when that last happened. */
  readonly falseAlarms: number;
  readonly falseAlarmMs: number;
}

export interface HealthLimits {
  /** Silent checks in a row until a worker whose machine is silent too is `soft`. */
  readonly fall: number;
  /**
   * The same for a worker whose machine still accepts connections. It is busy more often than hung, and taking a busy
   * worker away makes the others busier, until the whole pool has been taken away for being slow.
   */
  readonly busyFall: number;
  /** Good checks in a row until a worker is `up`. */
  readonly rise: number;
  /** A worker that is `soft` for so long is `hard`: hiccups do not last. */
  readonly softLimitMs: number;
  /** So long a false alarm doubles the silent checks that it takes; so many do at most. */
  readonly falseAlarmsLastMs: number;
  readonly maxFalseAlarms: number;
  /** For so long a worker that has come into use may stumble: it is cold, and its host has just had a boot to do. */
  readonly youngMs: number;
}

export function newTarget(nowMs: number): TargetHealth {
  return {
    verdict: "absent",
    sinceMs: nowMs,
    reason: "never answered",
    everUp: false,
    returnedMs: nowMs,
    isGone: false,
    silences: 0,
    successes: 0,
    falseAlarms: 0,
    falseAlarmMs: nowMs,
  };
}

export function observe(health: TargetHealth, evidence: Evidence, nowMs: number, limits: HealthLimits): TargetHealth {
  switch (evidence.kind) {
    case "ok": {
      const successes = Math.min(health.successes + 1, limits.rise);
      const next = { ...health, failure: undefined, silences: 0, successes };
      if (health.verdict === "up" || successes < limits.rise) return next;
      const alarms = health.verdict === "soft" ? afterFalseAlarm(health, nowMs, limits) : {};
      return become({ ...next, ...alarms, isGone: false }, "up", nowMs, `${counted(successes, "check")} passed`);
    }
    case "draining":
      return become(
        { ...health, failure: undefined, isGone: false, silences: 0, successes: 0 },
        "draining",
        nowMs,
        "it said that it is leaving",
      );
    case "silent":
      return afterSilence(
        { ...health, failure: "silent", silences: health.silences + 1, successes: 0 },
        evidence,
        nowMs,
        limits,
      );
    case "bad":
      return become(
        { ...health, failure: evidence.isRefused ? "refused" : "wrong", isGone: true, silences: 0, successes: 0 },
        "hard",
        nowMs,
        `the check ${evidence.what}`,
      );
  }
}

function afterSilence(health: TargetHealth, silence: Silence, nowMs: number, limits: HealthLimits): TargetHealth {
  switch (health.verdict) {
    case "up":
    case "draining": {
      const doublings = Math.max(recentFalseAlarms(health, nowMs, limits), isYoung(health, nowMs, limits) ? 1 : 0);
      const patience = 2 ** doublings;
      if (health.silences < patience * (silence.connected ? limits.busyFall : limits.fall)) return health;
      const where = silence.connected ? ", though its machine accepts connections" : "";
      const reason = `${counted(health.silences, "check")} got no answer within ${silence.afterMs} ms${where}`;
      return become({ ...health, isGone: !silence.connected }, "soft", nowMs, reason);
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
