import type { PolledDomain } from "../core/events.ts";
import type { DomainFact } from "../core/facts.ts";
import { Disks } from "./disks.ts";
import { domainQuestion, domainsIn } from "./domainAnswer.ts";
import { isFrozen } from "./frozenProcess.ts";
import type { Emit, Signal } from "./signal.ts";
import { isAttached, readTaps } from "./taps.ts";
import { VirshShell } from "./virshShell.ts";

export interface DomainTarget {
  /** The slot's name, which is the domain's. */
  readonly slot: string;
  readonly mac: string;
  readonly diskPath: string;
}

export interface DomainPollSettings {
  readonly uri: string;
  readonly targets: readonly DomainTarget[];
  readonly bridge: string;
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
}

/** Asks libvirt about all planned domains every second, and at once when there is a reason to. */
export class DomainPoll implements Signal {
  readonly #settings: DomainPollSettings;
  readonly #emit: Emit;
  readonly #shell: VirshShell;
  readonly #disks: Disks;
  readonly #timer: NodeJS.Timeout;
  #asking: Promise<void> | undefined;
  #news = 0;
  #isClosed = false;

  constructor(settings: DomainPollSettings, emit: Emit) {
    this.#settings = settings;
    this.#emit = emit;
    this.#shell = new VirshShell(settings.uri);
    this.#disks = new Disks(new Map(settings.targets.map(({ slot, diskPath }) => [slot, diskPath])));
    this.#timer = setInterval(() => this.#ask(), settings.intervalMs ?? 1_000);
    this.#ask();
  }

  /** There is news of a domain: what was asked before it is not worth telling, so it is asked again. */
  askAgain(): void {
    this.#news += 1;
    this.#ask();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#shell.close();
    await this.#asking;
  }

  #ask(): void {
    if (this.#isClosed) return;
    this.#asking ??= this.#askUntilCurrent().finally(() => {
      this.#asking = undefined;
    });
  }

  /** An answer that news has overtaken is dropped once; in a flood of news an answer that is a bit old beats none. */
  async #askUntilCurrent(): Promise<void> {
    for (let attempt = 0; attempt < 2 && !this.#isClosed; attempt += 1) {
      const before = this.#news;
      const event = await this.#look();
      if (this.#isClosed) return;
      if (this.#news !== before && attempt === 0) continue;
      this.#emit(event);
      return;
    }
  }

  async #look(): Promise<Parameters<Emit>[0]> {
    const { targets, bridge, timeoutMs = 3_000 } = this.#settings;
    try {
      const known = domainsIn(await this.#shell.ask(domainQuestion, timeoutMs));
      const [taps, gone] = await Promise.all([readTaps(bridge), this.#disks.gone()]);
      const polled = await Promise.all(
        targets.map(async ({ slot, mac }): Promise<[string, PolledDomain]> => {
          const attached = isAttached(taps, mac);
          const fact = await withProcess(slot, known.get(slot) ?? { state: "absent", reason: "" });
          return [slot, { ...fact, diskThere: !gone.has(slot), ...(attached === undefined ? {} : { attached }) }];
        }),
      );
      return { kind: "domains", domains: Object.fromEntries(polled) };
    } catch (error) {
      return { kind: "hypervisorSilent", reason: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** libvirt does not notice that a process was stopped. */
async function withProcess(slot: string, fact: DomainFact): Promise<DomainFact> {
  if (fact.state !== "running" || !(await isFrozen(slot))) return fact;
  return { ...fact, state: "frozen", reason: "its process is stopped" };
}
