import { logEvent } from "../shared/logEvent.ts";
import { parseStrictText } from "../shared/strictFile.ts";
import { type BalancerSettings, balancerSettingsSchema, type Candidate } from "./balancerSettings.ts";
import { type Change, Checker, type Target } from "./checker.ts";
import { judgeWorker } from "./healthAnswer.ts";
import type { Outside } from "./isolationWatch.ts";
import { selectUpstreams } from "./selectUpstreams.ts";
import type { UpstreamPool } from "./upstreamPool.ts";
import { workersUpIn } from "./workersUpIn.ts";

/** A worker that says nothing for so long is no hiccup, whatever its siblings do. */
const softLimitMs = 3000;
const stallLogIntervalMs = 10_000;
/** For so long a worker that was taken for dead is judged more slowly, up to four times as slowly. */
const falseAlarmsLastMs = 60_000;
const maxFalseAlarms = 2;
const youngMs = 15_000;
/** The last minute says how slow a machine is now; three times as long is no longer chance. */
const slownessLastsMs = 60_000;
const slownessFactor = 3;

/** About a second and a half: longer than a burst of work keeps a check waiting. */
const busyFall = 10;
/** A late answer is one too; but what was lost on the way must not keep the next check from being sent for long. */
const giveUpMs = 450;
/** Longer than the machines of a site take that come up all at once. */
const unbuiltAfterMs = 120_000;
/** Between two looks at the clock: finer ones would cost an emulated machine more than they tell. */
const tickMs = 50;

/** Keeps nginx's pool: checks the candidates of the settings, selects among them and hands the selection on. */
export class PoolKeeper {
  readonly #site: string;
  readonly #pool: UpstreamPool;
  readonly #onServing: () => void;
  #text: string | undefined;
  #settings: BalancerSettings | undefined;
  #checker: Checker | undefined;
  #isHolder = false;
  #selected: ReadonlySet<string> = new Set();
  /** Gone workers whose connections were already dropped. */
  #droppedIds: ReadonlySet<string> = new Set();
  #batch: NodeJS.Immediate | undefined;
  #reason = "no settings yet";
  #stalls = 0;
  #nextStallLogMs = 0;

  /** `onServing` is called whenever every candidate has been looked at, and there are workers in the pool. */
  constructor(site: string, pool: UpstreamPool, onServing: () => void) {
    this.#site = site;
    this.#pool = pool;
    this.#onServing = onServing;
  }

  /**
   * Takes the text of the settings file. A changed one has all candidates looked at anew, at once; what is known stays.
   * Throws if it is not as agreed; then the settings before it stay in force.
   */
  configure(path: string, text: string | undefined): void {
    if (text === undefined || text === this.#text) return;
    const settings = parseStrictText(path, text, balancerSettingsSchema);
    this.#text = text;
    const known = this.#checker?.view() ?? [];
    this.#checker?.close();
    this.#settings = settings;
    const { checkTimeoutMs: timeoutMs, absentIntervalMs, fall, rise } = settings;
    this.#checker = new Checker(
      {
        tickMs,
        intervalMs: this.#intervalMs(settings),
        timeoutMs,
        giveUpMs,
        absentIntervalMs,
        unbuiltAfterMs,
        fall,
        busyFall,
        rise,
        softLimitMs,
        falseAlarmsLastMs,
        maxFalseAlarms,
        youngMs,
        slownessLastsMs,
        slownessFactor,
      },
      settings.candidates.map((candidate) => {
        const before = known.find(
          ({ target: { id, address } }) => id === candidate.id && address === candidate.address,
        );
        return { ...this.#target(candidate), known: before?.health };
      }),
      {
        onChange: (change) => this.#changed(change),
        onSettled: () => this.#select(),
        onStall: (lateMs) => this.#stalled(lateMs),
      },
    );
    logEvent("configured", { candidates: settings.candidates.length });
  }

  /** The address that this balancer may hold, once the settings are there. */
  get vip(): string | undefined {
    return this.#settings?.vip;
  }

  /** Whether requests come through this balancer: then a dead worker costs somebody time, and is looked for harder. */
  set isHolder(isHolder: boolean) {
    if (isHolder === this.#isHolder) return;
    this.#isHolder = isHolder;
    if (this.#checker !== undefined && this.#settings !== undefined) {
      this.#checker.intervalMs = this.#intervalMs(this.#settings);
    }
  }

  /** What is beyond `host`, the one that this balancer runs on. Undefined if a cut could not be told from a loss. */
  outside(host: string): Outside | undefined {
    const { witness, peers = [] } = this.#settings ?? {};
    if (witness === undefined || peers.length === 0) return undefined;
    const others = this.#checker?.view().filter(({ target }) => !target.id.startsWith(`${host}/`)) ?? [];
    return {
      witness,
      peers: peers.map(({ address }) => address),
      answeredMs: Math.max(Number.NEGATIVE_INFINITY, ...others.map(({ aliveMs }) => aliveMs)),
    };
  }

  /** Of each host of the site, how many workers answer; undefined until every candidate was looked at once. */
  get workersUp(): Readonly<Record<string, number>> | undefined {
    if (!this.#checker?.settled) return undefined;
    return workersUpIn(this.#checker.view().map(({ target, health }) => ({ id: target.id, health })));
  }

  status(): object {
    const nowMs = performance.now();
    const upstreams = this.#checker?.view().map(({ target: { id, address }, health, incarnation }) => ({
      id,
      address,
      state: health.verdict,
      since: new Date(Date.now() - (nowMs - health.sinceMs)).toISOString(),
      reason: health.reason,
      selected: this.#selected.has(id),
      ...(incarnation === undefined ? {} : { incarnation }),
    }));
    return { upstreams: upstreams ?? [], selection: this.#reason, stalls: this.#stalls };
  }

  close(): void {
    clearImmediate(this.#batch);
    this.#checker?.close();
    this.#pool.close();
  }

  #intervalMs({ checkIntervalMs, standbyIntervalMs }: BalancerSettings): number {
    return this.#isHolder ? checkIntervalMs : standbyIntervalMs;
  }

  #target({ id, address, port }: Candidate): Target {
    return { id, address, port, path: "/healthz", judge: (answer) => judgeWorker(answer, { site: this.#site, id }) };
  }

  /** A machine that is starved stalls several times a second, and its log must not fill the disk as well. */
  #stalled(lateMs: number): void {
    const nowMs = performance.now();
    this.#stalls += 1;
    if (nowMs < this.#nextStallLogMs) return;
    logEvent("stalled", { lateMs: Math.round(lateMs), stalls: this.#stalls, void: "the silence of that time" });
    this.#nextStallLogMs = nowMs + stallLogIntervalMs;
  }

  #changed({ target, before, after }: Change): void {
    logEvent("worker", { id: target.id, was: before.verdict, is: after.verdict, reason: after.reason });
    // An agent that restarts finds a pool that works, and must not replace it by the first worker that answers.
    if (!this.#checker?.settled && this.#pool.hasWorkers) return;
    // Verdicts that fall together are judged together: the first of four looks like one dead worker.
    this.#batch ??= setImmediate(() => this.#select());
  }

  #select(): void {
    this.#batch = undefined;
    const view = this.#checker?.view() ?? [];
    const { ids, reason } = selectUpstreams(view.map(({ target, health }) => ({ id: target.id, health })));
    const selected = new Set(ids);
    const isSame = selected.symmetricDifference(this.#selected).size === 0;
    const gone = view.filter(({ target, health }) => health.everUp && health.isGone && !selected.has(target.id));
    const lost = gone.filter(({ target }) => !this.#droppedIds.has(target.id));
    this.#droppedIds = new Set(gone.map(({ target }) => target.id));
    this.#selected = selected;
    this.#reason = reason;
    if (!isSame) logEvent("pool", { ids, reason });
    const maxConns = this.#settings?.requestsAtOnce;
    this.#pool.set(
      view.filter(({ target }) => selected.has(target.id)).map(({ target }) => ({ ...target, maxConns })),
      lost.map(({ target }) => target),
    );
    if (this.#checker?.settled && selected.size > 0) this.#onServing();
  }
}
