import type { Answer, JudgedAnswer } from "./healthAnswer.ts";
import { HealthProbe, type ProbeCheck, type ProbeResult } from "./healthProbe.ts";
import { LoopGuard } from "./loopGuard.ts";
import { type Knock, type KnockAt, knockAt } from "./machineKnock.ts";
import { type Evidence, type HealthLimits, newTarget, observe, type TargetHealth } from "./targetHealth.ts";

/** What is checked. */
export interface Target {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly path: string;
  judge(answer: Answer): JudgedAnswer;
  /** What an earlier checker thought of it. */
  readonly known?: TargetHealth | undefined;
}

export interface CheckerTimes extends HealthLimits {
  /** Between two looks at the clock: what every other time here is rounded to. */
  readonly tickMs: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** A check is waited for so long, whatever is thought of the target meanwhile: it may have been lost on the way. */
  readonly giveUpMs: number;
  /** For a target that is absent, or down for a minute. */
  readonly absentIntervalMs: number;
  /** What is absent after so long is a slot that nobody has built, and is asked more seldom by `unbuiltFactor`. */
  readonly unbuiltAfterMs: number;
}

export interface Change {
  readonly target: Target;
  readonly before: TargetHealth;
  readonly after: TargetHealth;
}

/** What happens to the targets, for whoever acts on it. */
export interface CheckerEvents {
  onChange(change: Change): void;
  /** Every target was looked at once: until then, few that are up means little. */
  onSettled?(): void;
  /** The agent did not run for so long; checks of that time are void. */
  onStall?(lateMs: number): void;
}

export interface Viewed {
  readonly target: Target;
  readonly health: TargetHealth;
  readonly incarnation: string | undefined;
  /** When its machine last answered, a check or a knock; -Infinity if it never has. */
  readonly aliveMs: number;
}

interface Pending {
  readonly startedMs: number;
  /** Since when it has been waited for without another silence being counted. */
  waitingMs: number;
  readonly check: ProbeCheck;
}

interface SentKnock {
  readonly sentMs: number;
  readonly knock: Knock;
  /** Whether it has counted as a miss. Its answer still tells how slow the machine is. */
  isLate: boolean;
}

interface Entry {
  readonly target: Target;
  readonly probe: HealthProbe;
  pending: Pending | undefined;
  /** Checks that are late on a machine that answers. Their answers still count. */
  readonly late: Set<ProbeCheck>;
  readonly knocks: Set<SentKnock>;
  knockedMs: number;
  /** When its machine last answered, a check or a knock. */
  aliveMs: number;
  health: TargetHealth;
  incarnation: string | undefined;
  nextMs: number;
  /** True once a check was decided either way. */
  looked: boolean;
}

const longDownMs = 60_000;
/** Whoever connects to an address that nobody has calls for it three times, and every machine of the segment has to listen. */
const unbuiltFactor = 3;
/** Less than the second after which the kernel repeats a knock that was lost: that answer would tell of the loss. */
const lateKnockMs = 900;
/** With the one that is not late yet: the first of four is waited for fifteen times `giveUpMs`, longer than most people wait. */
const maxLate = 3;

/**
 * Checks a set of targets for ever. One timer drives all of it. While a check is late the target's machine is knocked at,
 * which tells a busy service from a dead machine and gives the former no more to do. There is one knock every second
 * tick, and those that are late take turns: many that are late at once stand on hosts with too much to do, and so does
 * whoever knocks.
 */
export class Checker {
  readonly #times: CheckerTimes;
  #intervalMs: number;
  readonly #events: CheckerEvents;
  readonly #knockAt: KnockAt;
  readonly #entries: Entry[] = [];
  readonly #guard: LoopGuard;
  readonly #timer: NodeJS.Timeout;
  #settled = false;
  #knockedMs = Number.NEGATIVE_INFINITY;

  constructor(times: CheckerTimes, targets: readonly Target[], events: CheckerEvents, knock: KnockAt = knockAt) {
    this.#times = times;
    this.#intervalMs = times.intervalMs;
    this.#events = events;
    this.#knockAt = knock;
    const nowMs = performance.now();
    this.#guard = new LoopGuard(times.tickMs, times.timeoutMs / 2, nowMs);
    for (const target of targets) {
      const entry: Entry = {
        target,
        // A process that dies closes its connections: the next tick looks what that was.
        probe: new HealthProbe(target.address, target.port, target.path, () => {
          entry.nextMs = 0;
        }),
        pending: undefined,
        late: new Set(),
        knocks: new Set(),
        knockedMs: Number.NEGATIVE_INFINITY,
        aliveMs: Number.NEGATIVE_INFINITY,
        health: target.known ?? newTarget(nowMs),
        incarnation: undefined,
        nextMs: nowMs,
        looked: false,
      };
      this.#entries.push(entry);
    }
    this.#timer = setInterval(() => this.#tick(), times.tickMs);
    this.#tick();
  }

  /** Checks those that are up at this pace from now on; none waits longer for its turn than that. */
  set intervalMs(intervalMs: number) {
    this.#intervalMs = intervalMs;
    const latestMs = performance.now() + intervalMs;
    for (const entry of this.#entries)
      if (entry.health.verdict === "up") entry.nextMs = Math.min(entry.nextMs, latestMs);
  }

  get settled(): boolean {
    return this.#settled;
  }

  view(): Viewed[] {
    return this.#entries.map(({ target, health, incarnation, aliveMs }) => ({ target, health, incarnation, aliveMs }));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const entry of this.#entries) {
      forgetChecks(entry);
      forgetKnocks(entry);
      entry.probe.close();
    }
  }

  #tick(): void {
    const nowMs = performance.now();
    const lateMs = this.#guard.tick(nowMs);
    if (lateMs > 0) this.#events.onStall?.(lateMs);
    for (const entry of this.#entries) {
      this.#expire(entry, nowMs);
      if (nowMs >= entry.nextMs) this.#startCheck(entry);
    }
    this.#knockAtNext(nowMs);
  }

  /**
   * Silence counts only if the agent was listening all the while. A busy agent's timer may come before the answer that
   * has been waiting to be read, so whatever has arrived is read before the silence is believed.
   */
  #expire(entry: Entry, nowMs: number): void {
    const { pending } = entry;
    const isDue = (sinceMs: number) => nowMs - sinceMs >= this.#times.timeoutMs - this.#times.tickMs / 2;
    if (pending !== undefined && isDue(pending.waitingMs)) setImmediate(() => this.#countSilence(entry, pending));
    for (const sent of entry.knocks) {
      if (nowMs - sent.sentMs >= lateKnockMs) forgetKnock(entry, sent);
      else if (!sent.isLate && isDue(sent.sentMs)) setImmediate(() => this.#countMiss(entry, sent));
    }
  }

  /**
   * A check that is late is not repeated but waited for, and each further time-out is another silence: a late answer still
   * says that the worker lives, and a busy one must not get the work of being asked again and again, each time over a
   * connection of its own. If its machine answers nothing was lost on the way, so it is listened to still when the next
   * check is sent, and that is waited for twice as long.
   */
  #countSilence(entry: Entry, pending: Pending): void {
    if (entry.pending !== pending) return;
    const nowMs = performance.now();
    const isVoid = this.#guard.stalledSince(pending.waitingMs);
    const alive = entry.aliveMs >= pending.waitingMs - this.#roundMs(nowMs);
    pending.waitingMs = nowMs;
    if (nowMs - pending.startedMs >= this.#times.giveUpMs * 2 ** entry.late.size) {
      if (alive && entry.late.size < maxLate) {
        entry.late.add(pending.check);
        entry.pending = undefined;
      } else forgetChecks(entry);
    }
    if (!isVoid) this.#conclude(entry, { kind: "silent", afterMs: this.#times.timeoutMs, alive });
  }

  #startCheck(entry: Entry): void {
    if (entry.pending !== undefined) return;
    const nowMs = performance.now();
    entry.nextMs = nowMs + this.#pauseMs(entry, nowMs);
    const check = entry.probe.check((result) => {
      forgetChecks(entry, check);
      forgetKnocks(entry);
      if ("answer" in result) entry.aliveMs = performance.now();
      if (!("aborted" in result)) this.#conclude(entry, this.#evidence(entry, result));
    });
    entry.pending = { startedMs: nowMs, waitingMs: nowMs, check };
  }

  #knockAtNext(nowMs: number): void {
    if (nowMs - this.#knockedMs < 1.5 * this.#times.tickMs) return;
    const overdue = this.#entries.filter((entry) => isOverdue(entry, nowMs, this.#times.tickMs));
    const [entry] = overdue.toSorted((one, other) => one.knockedMs - other.knockedMs);
    if (entry !== undefined) this.#knock(entry, nowMs);
  }

  #knock(entry: Entry, nowMs: number): void {
    this.#knockedMs = nowMs;
    entry.knockedMs = nowMs;
    const knock = this.#knockAt(entry.target.address, () => {
      entry.aliveMs = performance.now();
      // One that was lost on the way says nothing any more.
      forgetKnocks(entry);
      this.#conclude(entry, { kind: "alive", afterMs: entry.aliveMs - nowMs });
    });
    entry.knocks.add({ sentMs: nowMs, knock, isLate: false });
  }

  /** How long it takes until each that is late has had its knock. */
  #roundMs(nowMs: number): number {
    return 2 * this.#times.tickMs * this.#entries.filter((entry) => isOverdue(entry, nowMs, this.#times.tickMs)).length;
  }

  #countMiss(entry: Entry, sent: SentKnock): void {
    if (!entry.knocks.has(sent) || sent.isLate) return;
    sent.isLate = true;
    if (this.#guard.stalledSince(sent.sentMs)) return;
    this.#conclude(entry, { kind: "missed", afterMs: this.#times.timeoutMs });
  }

  /** Half a tick less than asked, here and in #expire: a tick that comes a moment early must not put off what was due. */
  #pauseMs({ health }: Entry, nowMs: number): number {
    const { tickMs, absentIntervalMs, unbuiltAfterMs } = this.#times;
    const isDown = health.verdict !== "up" && health.verdict !== "draining";
    const isSlow = health.verdict === "absent" || (isDown && nowMs - health.sinceMs > longDownMs);
    const isUnbuilt = health.verdict === "absent" && nowMs - health.sinceMs > unbuiltAfterMs;
    const slowMs = absentIntervalMs * (isUnbuilt ? unbuiltFactor : 1);
    // The jitter keeps a dozen slots that nobody has built from being asked in one burst.
    return (isSlow ? slowMs * (0.8 + 0.4 * Math.random()) : this.#intervalMs) - tickMs / 2;
  }

  #evidence(entry: Entry, result: Exclude<ProbeResult, { aborted: true }>): Evidence {
    if ("fault" in result) return { kind: "bad", what: result.fault, isRefused: result.isRefused };
    const { evidence, incarnation } = entry.target.judge(result.answer);
    entry.incarnation = incarnation ?? entry.incarnation;
    return evidence;
  }

  #conclude(entry: Entry, evidence: Evidence): void {
    const before = entry.health;
    entry.health = observe(before, evidence, performance.now(), this.#times);
    entry.looked = true;
    if (entry.health.verdict !== before.verdict) {
      this.#events.onChange({ target: entry.target, before, after: entry.health });
    }
    if (this.#settled || !this.#entries.every(({ looked }) => looked)) return;
    this.#settled = true;
    this.#events.onSettled?.();
  }
}

/** A worker answers within two ticks; if it did not, its machine may be gone. A slot that nobody has built is none. */
function isOverdue({ health, pending }: Entry, nowMs: number, tickMs: number): boolean {
  return health.verdict !== "absent" && pending !== undefined && nowMs - pending.startedMs >= 1.5 * tickMs;
}

/** Gives up all checks of a target but the one that has its answer. */
function forgetChecks(entry: Entry, answered?: ProbeCheck): void {
  const { pending, late } = entry;
  entry.pending = undefined;
  for (const check of [...(pending === undefined ? [] : [pending.check]), ...late])
    if (check !== answered) check.giveUp();
  late.clear();
}

function forgetKnock({ knocks }: Entry, sent: SentKnock): void {
  knocks.delete(sent);
  sent.knock.giveUp();
}

function forgetKnocks({ knocks }: Entry): void {
  for (const { knock } of knocks) knock.giveUp();
  knocks.clear();
}
