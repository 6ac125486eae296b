/** What has to be true of every change of the number of workers that nobody wished, told from what the healer was told. */
import type { Action, JournalEntry } from "../../core/actions.ts";
import type { Event } from "../../core/events.ts";
import type { Limits } from "../../core/limits.ts";
import { must } from "../violation.ts";
import type { SiteFaultKind, SiteScenario } from "./siteScenario.ts";
import type { Leaving, SiteWorld } from "./siteWorld.ts";

type Begun = Extract<JournalEntry, { kind: "scaleBegun" }>;

interface ToldHost {
  /** When its healer's last word came, and whether that was that it goes, and why. */
  heardMs: number | undefined;
  leaving: Leaving | undefined;
  /** The last that stands in the journal of it is that it is away on purpose. */
  isNoted: boolean;
  /** Since when it has been heard with all its workers well. */
  wellSinceMs: number | undefined;
  seenMs: number | undefined;
  /** Its workers were seen for long after its healer's last word. */
  servesOn: boolean;
}

/** Between what happens and what the healer is told of it. */
const lateMs = 4_500;
/** What is under way comes to its end within this, and what is missing is made. */
const madeMs = 45_000;
/** A healer that was killed is back within this, and listens. */
const deadMs = 15_000;
/** These delay nothing that this host does for a lost one. */
const harmless: ReadonlySet<SiteFaultKind> = new Set([
  "power",
  "reboot",
  "set-clock",
  "edit-file",
  "stranger",
  "second-holder",
]);

export class SiteWatch {
  readonly #scenario: SiteScenario;
  readonly #world: SiteWorld;
  readonly #limits: Limits;
  readonly #hosts: ReadonlyMap<string, ToldHost>;
  readonly #pages = new Set<string>();
  #witnessMs = Number.NEGATIVE_INFINITY;
  #room = 0;
  #isDead = false;
  #startedMs = 0;
  /** Since when this host has been cut off, and a healer has listened. */
  #cutSinceMs: number | undefined;
  /** The same of what is wrong about the service's address, by topic. */
  readonly #troubleMs = new Map<string, number>();
  /** Whether this host is out of service. */
  #isAway = false;
  /** The last change, as it was begun. */
  #begun: Begun | undefined;

  constructor(scenario: SiteScenario, world: SiteWorld, limits: Limits) {
    this.#scenario = scenario;
    this.#world = world;
    this.#limits = limits;
    const untold = () => {
      const unheard = { heardMs: undefined, leaving: undefined, wellSinceMs: undefined, seenMs: undefined };
      return { ...unheard, isNoted: false, servesOn: false };
    };
    this.#hosts = new Map(Object.keys(scenario.others).map((host) => [host, untold()]));
  }

  get pages(): ReadonlySet<string> {
    return this.#pages;
  }

  /** What the healer hears, before what it makes of that. */
  hearHealer(host: string, leaving: Leaving | undefined, isWell: boolean): void {
    const { nowMs } = this.#world;
    const told = this.#told(host);
    Object.assign(told, {
      heardMs: nowMs,
      leaving,
      servesOn: false,
      wellSinceMs: isWell ? (told.wellSinceMs ?? nowMs) : undefined,
    });
  }

  hearNothing(host: string): void {
    const told = this.#told(host);
    if (this.#world.nowMs - (told.heardMs ?? 0) > lateMs) told.wellSinceMs = undefined;
  }

  seeWorkers(host: string): void {
    const told = this.#told(host);
    told.seenMs = this.#world.nowMs;
    if (told.seenMs - (told.heardMs ?? 0) >= this.#limits.hostConfirmMs - lateMs) told.servesOn = true;
  }

  /** What a healer was told in the moment before its end, and has not written down, the next one does not know. */
  die(): void {
    for (const told of this.#hosts.values()) {
      if (!told.isNoted && this.#world.nowMs - (told.heardMs ?? 0) <= lateMs) told.leaving = undefined;
    }
    this.#isDead = true;
  }

  /** The core begins with a plan. When workers last answered it does not remember; if they still do it hears so at once. */
  startOver(): void {
    for (const told of this.#hosts.values()) told.seenMs = undefined;
    this.#isDead = false;
    this.#startedMs = this.#world.nowMs;
    // Of these a healer knows nothing of what an earlier one has told.
    for (const topic of this.#pages) if (!topic.includes(".")) this.#pages.delete(topic);
    this.#troubleMs.clear();
    this.#cutSinceMs = undefined;
  }

  /** After a while in which nothing has changed, all that can be made for those that have no power is made. */
  look(): void {
    this.#lookForForgotten();
    this.#lookForCut();
    this.#lookForHolders();
    this.#lookForWitness();
    const { nowMs, capacity, evacuated } = this.#world;
    const { faults, others, own } = this.#scenario;
    const begun = faults.filter(({ atMs }) => atMs <= nowMs);
    const changesMs = begun.flatMap(({ atMs, forMs }) => [atMs, atMs + forMs]).filter((atMs) => atMs <= nowMs);
    const quietMs = nowMs - Math.max(0, ...changesMs);
    const { hostConfirmMs, expectedBackMs } = this.#limits;
    if (quietMs < Math.max(hostConfirmMs, expectedBackMs) + madeMs || !begun.every(({ kind }) => harmless.has(kind)))
      return;
    const lost = Object.keys(others).filter(
      (host) => this.#world.isOn("power", host) || this.#world.isOn("reboot", host),
    );
    const left = ["bk", ...Object.keys(others)].filter((host) => !lost.includes(host)).toSorted();
    const shares = lost.map((host): [string, number] => {
      const workers = others[host] ?? 0;
      return [host, Math.floor(workers / left.length) + (left.indexOf("bk") < workers % left.length ? 1 : 0)];
    });
    const wanted: Record<string, number> = { ...evacuated };
    for (const [host, share] of shares) wanted[host] = Math.max(wanted[host] ?? 0, share);
    if (own + Object.values(wanted).reduce((sum, count) => sum + count, 0) > capacity) return;
    for (const [host, share] of shares) {
      const made = evacuated[host] ?? 0;
      must(made >= share, "what is lost is stood in for", () => `${made} of ${share} for ${host} at ${nowMs}`);
    }
  }

  /** Long before others count as lost, and of nothing else that cannot be seen from here. */
  #lookForCut(): void {
    const { hasWitness } = this.#scenario;
    if (!hasWitness || this.#isDead || !this.#world.isOn("isolated")) this.#cutSinceMs = undefined;
    else this.#cutSinceMs ??= this.#world.nowMs;
    const cutMs = this.#world.nowMs - (this.#cutSinceMs ?? this.#world.nowMs);
    const isSaid = this.#pages.has("hostIsolated") || cutMs <= this.#limits.witnessFreshMs + lateMs;
    must(isSaid, "who is cut off says so", () => `not for ${cutMs} ms`);
  }

  /** Each trouble with the service's address is told, whatever else is told of it. */
  #lookForHolders(): void {
    const { nowMs, addressHolders } = this.#world;
    const isOnThisSide = !this.#scenario.hasWitness || !this.#world.isOn("isolated");
    const troubles = {
      vipForeign: this.#world.isOn("stranger"),
      vipMany: this.#world.isOn("second-holder") && isOnThisSide,
    };
    for (const [topic, isSo] of Object.entries(troubles)) {
      if (this.#isDead || !isSo) this.#troubleMs.delete(topic);
      else if (!this.#troubleMs.has(topic)) this.#troubleMs.set(topic, nowMs);
      const sinceMs = this.#troubleMs.get(topic) ?? nowMs;
      const isTold = this.#pages.has(topic) || nowMs - sinceMs <= this.#limits.vipGraceMs + lateMs;
      must(isTold, "each trouble with the address is told", () => `${topic}: ${addressHolders.join(" ")}`);
    }
  }

  /** A witness that is missed while another host is heard. */
  #lookForWitness(): void {
    const { nowMs } = this.#world;
    const isListening = !this.#isDead && nowMs - this.#startedMs > this.#limits.witnessSilentMs + lateMs;
    const isMissed = nowMs - this.#witnessMs > this.#limits.witnessSilentMs + lateMs;
    if (!this.#scenario.hasWitness || !isListening || !isMissed) return;
    const isHeard = [...this.#hosts.values()].some(({ heardMs = Number.NEGATIVE_INFINITY }) => nowMs - heardMs < 1_000);
    must(!isHeard || this.#pages.has("witnessSilent"), "a witness that is missed is told of", () => `at ${nowMs}`);
  }

  #lookForForgotten(): void {
    for (const [host, { leaving, heardMs = 0 }] of this.#hosts) {
      const isForgotten = leaving === "drained" && this.#world.nowMs - heardMs > this.#limits.hostAwayMs + deadMs;
      must(!isForgotten || this.#pages.has(`${host}.hostAway`), "who is away for long is told of", () => host);
    }
  }

  check(event: Event, actions: readonly Action[]): void {
    if (event.kind === "witness" && event.answered) this.#witnessMs = this.#world.nowMs;
    if (event.kind === "room") this.#room = event.fits;
    const isAsking = actions.some(({ kind }) => kind === "askRoom");
    for (const action of actions) {
      if (action.kind === "journal" && action.entry.kind === "scaleBegun") this.#begin(action.entry);
      if (action.kind === "journal") this.#follow(action.entry);
      const isBegun = action.kind === "scale" || action.kind === "operate" || action.kind === "replace";
      must(!isBegun || !this.#isAway, "nothing is begun on a host that is out of service", () => action.kind);
      if (action.kind === "scale") this.#update(action);
      if (action.kind === "page") this.#page(action.topic);
      if (action.kind !== "clearPage") continue;
      const isStill = isAsking && action.topic === "standInRoom";
      must(!isStill, "a page is not over because somebody asks again", () => action.topic);
      this.#pages.delete(action.topic);
    }
  }

  #page(topic: string): void {
    const [host = "", kind] = topic.split(".");
    const isOfCut = this.#scenario.hasWitness && this.#world.isOn("isolated") && !this.#world.isOn("balancer");
    must(topic !== "vipNone" || !isOfCut, "who is cut off does not see who has the address", () => topic);
    if (topic === "hostIsolated") this.#isOutOfSight();
    else if (topic === "witnessSilent") this.#isMissed();
    else if (!topic.startsWith("vip") && kind !== "hostLost" && kind !== "hostAway") return;
    must(!this.#pages.has(topic), kind === "hostLost" ? "a host is lost once" : "a page is sent once", () => topic);
    this.#pages.add(topic);
    if (kind !== "hostAway") return;
    const { leaving, heardMs = 0 } = this.#told(host);
    const awayMs = this.#world.nowMs - heardMs;
    const isSo = leaving === "drained" && awayMs >= this.#limits.hostAwayMs;
    must(isSo, "only who was drained is away for long", () => `${host}: ${leaving}, ${awayMs} ms`);
  }

  #follow(entry: JournalEntry): void {
    if (entry.kind === "host") this.#told(entry.host).isNoted = entry.status === "planned";
    if (entry.kind === "hostReturning" || entry.kind === "hostDrainEnded") this.#isAway = false;
    if (entry.kind !== "hostDrained") return;
    this.#isAway = true;
    const { nowMs } = this.#world;
    const isOtherWell = [...this.#hosts.values()].some(
      ({ heardMs = Number.NEGATIVE_INFINITY, wellSinceMs, leaving }) => {
        return nowMs - heardMs <= lateMs && wellSinceMs !== undefined && leaving === undefined;
      },
    );
    must(isOtherWell, "a host goes while another one serves", () => entry.reason);
  }

  #begin(entry: Begun): void {
    const { evacuated, own } = { evacuated: entry.evacuated ?? {}, own: this.#scenario.own };
    this.#begun = entry;
    const extras = Object.values(evacuated).reduce((sum, count) => sum + count, 0);
    must(entry.workers - extras === own, "the host's own workers stay as many", () => `${entry.workers} - ${extras}`);
    const host = entry.by.split(" ").at(-1) ?? "";
    if (entry.by.startsWith("the loss of")) this.#beginFor(entry, evacuated);
    else this.#beginReturn(entry, evacuated, host);
  }

  #beginFor({ workers }: Begun, evacuated: Readonly<Record<string, number>>): void {
    const { hostConfirmMs, expectedBackMs } = this.#limits;
    const { nowMs } = this.#world;
    must(workers <= this.#room, "never more workers than room", () => `${workers} of ${this.#room}`);
    this.#isInSight();
    for (const [host, count] of Object.entries(evacuated)) {
      if (count <= (this.#world.evacuated[host] ?? 0)) continue;
      const { heardMs, leaving, seenMs = 0, servesOn } = this.#told(host);
      must(heardMs !== undefined, "only what was there can be lost", () => host);
      const isOverdue = leaving === "ending" && nowMs - (heardMs ?? 0) >= expectedBackMs - lateMs;
      must(leaving === undefined || servesOn || isOverdue, "who goes on purpose is not lost", () => host);
      const signMs = Math.max(heardMs ?? 0, seenMs);
      must(nowMs - signMs >= hostConfirmMs - lateMs, "a host is lost after a while", () => `${nowMs - signMs} ms`);
      must(count <= this.#mostFor(host), "each host makes its share", () => `${count} for ${host}`);
    }
  }

  #beginReturn({ workers }: Begun, evacuated: Readonly<Record<string, number>>, host: string): void {
    const { nowMs } = this.#world;
    const { wellSinceMs = nowMs } = this.#told(host);
    const wellMs = nowMs - wellSinceMs;
    must(wellMs >= this.#limits.hostGreenMs - lateMs, "what stands in goes late", () => `${host}: ${wellMs} ms`);
    const before = this.#world.evacuated[host] ?? 0;
    must((evacuated[host] ?? 0) === before - 1, "one is given back at a time", () => `${before} before`);
    must(workers === this.#world.workers - 1, "one is given back at a time", () => `${workers} workers`);
  }

  #update({ workers, evacuated }: Extract<Action, { kind: "scale" }>): void {
    const begun = this.#begun;
    if (begun === undefined || workers >= this.#world.workers) return;
    const leaving = [...this.#world.machines].slice(workers + 1);
    const isServing = leaving.some(([, { isUp, isDrained }]) => isUp && !isDrained);
    must(!isServing, "what serves is drained before it is removed", () => `${workers} workers`);
    const isKept = Object.entries(evacuated).every(([host, count]) => count <= (this.#world.evacuated[host] ?? 0));
    must(isKept, "fewer workers stand in for fewer", () => JSON.stringify(evacuated));
  }

  #isMissed(): void {
    const silentMs = this.#world.nowMs - this.#witnessMs;
    const isSo = this.#scenario.hasWitness && silentMs >= this.#limits.witnessSilentMs - lateMs;
    must(isSo, "a witness that answers is not missed", () => `heard ${silentMs} ms ago`);
  }

  #isOutOfSight(): void {
    const heard = [...this.#hosts.values()].flatMap(({ heardMs = 0, seenMs = 0 }) => [heardMs, seenMs]);
    const sinceMs = this.#world.nowMs - Math.max(this.#witnessMs, ...heard);
    const isSo = sinceMs >= this.#limits.witnessFreshMs - lateMs;
    must(isSo, "who hears somebody is not cut off", () => `heard ${sinceMs} ms ago`);
  }

  /** A host that has a witness and hears neither it nor any other host does nothing about them. */
  #isInSight(): void {
    if (!this.#scenario.hasWitness) return;
    const { nowMs } = this.#world;
    const heard = [...this.#hosts.values()].flatMap(({ heardMs = 0, seenMs = 0 }) => [heardMs, seenMs]);
    const signMs = Math.max(this.#witnessMs, ...heard);
    const sinceMs = nowMs - signMs;
    must(sinceMs <= this.#limits.witnessFreshMs + lateMs, "no evacuation while isolated", () => `for ${sinceMs} ms`);
  }

  /** Its share, divided among this host and all that may not be lost for it. */
  #mostFor(lost: string): number {
    const { nowMs } = this.#world;
    const left = [...this.#hosts].filter(([host, { heardMs, leaving, seenMs = 0 }]) => {
      if (host === lost || leaving !== undefined) return false;
      return heardMs === undefined || nowMs - Math.max(heardMs, seenMs) < this.#limits.hostConfirmMs - lateMs;
    });
    return Math.ceil((this.#scenario.others[lost] ?? 0) / (1 + left.length));
  }

  #told(host: string): ToldHost {
    const told = this.#hosts.get(host);
    if (told === undefined) throw new Error(`no host ${host}`);
    return told;
  }
}
