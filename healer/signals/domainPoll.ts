import type { Event, PolledDomain } from "../core/events.ts";
import type { DomainFact } from "../core/facts.ts";
import { Disks } from "./disks.ts";
import { domainQuestion, domainsIn } from "./domainAnswer.ts";
import { isFrozen } from "./frozenProcess.ts";
import { ProcessorWaits } from "./processorWaits.ts";
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

type Told = Extract<Event, { kind: "domains" | "hypervisorSilent" }>;

/** Asks libvirt about all planned domains every second, and at once when there is a reason to. */
export class DomainPoll implements Signal {
  readonly #settings: DomainPollSettings;
  readonly #emit: Emit;
  readonly #shell: VirshShell;
  readonly #disks: Disks;
  readonly #waits = new ProcessorWaits();
  readonly #timer: NodeJS.Timeout;
  #asking: Promise<void> | undefined;
  /** The domains of which there was news since the question was asked. */
  #overtaken = new Set<string>();
  #isClosed = false;

  constructor(settings: DomainPollSettings, emit: Emit) {
    this.#settings = settings;
    this.#emit = emit;
    this.#shell = new VirshShell(settings.uri);
    this.#disks = new Disks(new Map(settings.targets.map(({ slot, diskPath }) => [slot, diskPath])));
    this.#timer = setInterval(() => this.#ask(), settings.intervalMs ?? 1_000);
    this.#ask();
  }

  /** There is news of these domains: what was asked before it is not worth telling of them, so it is asked again. */
  askAgain(slots: Iterable<string>): void {
    for (const slot of slots) this.#overtaken.add(slot);
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

  /** An answer that news has overtaken is dropped once; in a flood of news the next one is told of the others alone. */
  async #askUntilCurrent(): Promise<void> {
    for (let attempt = 0; attempt < 2 && !this.#isClosed; attempt += 1) {
      this.#overtaken = new Set();
      const event = await this.#look();
      if (this.#isClosed) return;
      if (this.#overtaken.size > 0 && attempt === 0) continue;
      this.#emit(event.kind === "domains" ? without(this.#overtaken, event) : event);
      return;
    }
  }

  async #look(): Promise<Told> {
    const { targets, bridge, timeoutMs = 3_000 } = this.#settings;
    try {
      const known = domainsIn(await this.#shell.ask(domainQuestion, timeoutMs));
      const [taps, gone] = await Promise.all([readTaps(bridge), this.#disks.gone()]);
      const polled = await Promise.all(
        targets.map(async ({ slot, mac }): Promise<[string, PolledDomain]> => {
          const attached = isAttached(taps, mac);
          const fact = await withProcess(slot, known.get(slot) ?? { state: "absent", reason: "" });
          const waitedShare = await this.#waits.share(slot);
          return [
            slot,
            {
              ...{ ...fact, diskThere: !gone.has(slot) },
              ...(attached === undefined ? {} : { attached }),
              ...(waitedShare === undefined ? {} : { waitedShare }),
            },
          ];
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

function without(overtaken: ReadonlySet<string>, { domains }: Extract<Told, { kind: "domains" }>): Told {
  return {
    kind: "domains",
    domains: Object.fromEntries(Object.entries(domains).filter(([slot]) => !overtaken.has(slot))),
  };
}
