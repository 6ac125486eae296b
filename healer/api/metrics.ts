import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { limitsFor } from "../core/limits.ts";
import type { EndedRepair } from "../history/endedRepairs.ts";
import { hostStatusNames } from "./hostSchemas.ts";
import type { KnownPeer } from "./knownPeers.ts";
import { distanceMs, type Moment } from "./moment.ts";
import { statusNames } from "./schemas.ts";
import type { Known } from "./subject.ts";

/** The same for machines that are emulated. */
const { maxLoopLagMs } = limitsFor.kvm;

/** In seconds: a beat and a half, when a machine counts as silent, and half, all and twice the time until it is reset. */
export const heartbeatGapBuckets = [0.3, 0.6, 1.5, 2.5, 5, 10, 30] as const;

/** What a scrape tells. Labels are slots, hosts, statuses, repairs and kinds of page: none of them grows with time. */
export class Metrics {
  readonly registry = new Registry();
  readonly #slotStatus = this.#gauge("vigil_slot_status", "1 for the status that a slot has.", ["slot", "status"]);
  readonly #heartbeatAge = this.#gauge("vigil_heartbeat_age_seconds", "Since a slot was last heard.", ["slot"]);
  readonly #vipHolders = this.#gauge("vigil_vip_holders", "How many machines claim the service's address.");
  readonly #pages = this.#gauge("vigil_pages", "What a person has to see to, by kind.", ["topic"]);
  readonly #paused = this.#gauge("vigil_repairs_paused", "1 while a person or the breaker has stopped repairs.", [
    "by",
  ]);
  readonly #slotPaused = this.#gauge("vigil_slot_repairs_paused", "1 while a person has stopped its repairs.", [
    "slot",
  ]);
  readonly #slotDrained = this.#gauge("vigil_slot_drained", "1 while a person wants it to get no requests.", ["slot"]);
  readonly #hostDrained = this.#gauge("vigil_host_drained", "1 while a person has taken this host out of service.");
  readonly #peerUp = this.#gauge("vigil_peer_up", "1 while another host's healer answers.", ["peer"]);
  readonly #peerSeen = this.#gauge("vigil_peer_last_seen_seconds", "Since another host's healer was heard.", ["peer"]);
  readonly #witnessUp = this.#gauge("vigil_witness_up", "1 while the site's witness answers.", ["address"]);
  readonly #hostStatus = this.#gauge("vigil_host_status", "1 for what another host is believed to be.", [
    "host",
    "status",
  ]);
  readonly #standIns = this.#gauge("vigil_stand_ins", "How many workers here stand in for another host's.", ["host"]);
  readonly #refused = this.#gauge(
    "vigil_refused_requests",
    "How many requests a balancer has refused since it booted, because every worker was full.",
    ["slot"],
  );
  readonly #build = this.#gauge("vigil_build_info", "1, for the release that runs.", ["version", "release", "node"]);
  readonly #heartbeatGap: Histogram<"slot">;
  /** When each slot was last heard, since this healer has listened all the while. */
  readonly #lastBeatsMs = new Map<string, number>();
  readonly #loopLag: Histogram;
  readonly #repairs: Counter<"repair" | "outcome">;
  readonly #repairDuration: Histogram<"repair">;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#heartbeatGap = new Histogram({
      name: "vigil_heartbeat_gap_seconds",
      help: "Between two heartbeats of a slot, but for what this healer did not listen to.",
      labelNames: ["slot"],
      buckets: [...heartbeatGapBuckets],
      registers,
    });
    this.#loopLag = new Histogram({
      name: "vigil_event_loop_lag_seconds",
      help: "By how much each tick of the healer was late; above 0.3 s it distrusts its own ears.",
      buckets: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
      registers,
    });
    this.#repairs = new Counter({
      name: "vigil_repairs_total",
      help: "Repairs that came to an end since this healer started.",
      labelNames: ["repair", "outcome"],
      registers,
    });
    this.#repairDuration = new Histogram({
      name: "vigil_repair_duration_seconds",
      help: "From the decision to the sign that a repair helped.",
      labelNames: ["repair"],
      buckets: [1, 2, 5, 10, 20, 30, 60, 120, 300],
      registers,
    });
  }

  /** Also across a reset or a rebuild: the machine was away for so long. */
  beat(slot: string, atMs: number): void {
    const lastMs = this.#lastBeatsMs.get(slot);
    if (lastMs !== undefined) this.#heartbeatGap.observe({ slot }, (atMs - lastMs) / 1000);
    this.#lastBeatsMs.set(slot, atMs);
  }

  /** What was not listened to is no silence of the machines'. */
  listensAnew(): void {
    this.#lastBeatsMs.clear();
  }

  ticked(lagMs: number): void {
    this.#loopLag.observe(lagMs / 1000);
    if (lagMs > maxLoopLagMs) this.listensAnew();
  }

  repaired({ repair, outcome, tookMs }: EndedRepair): void {
    this.#repairs.inc({ repair, outcome });
    if (outcome === "helped") this.#repairDuration.observe({ repair }, tookMs / 1000);
  }

  /** What is so at the moment of the scrape. `known` is undefined while nothing is healed. */
  async text(known: Known | undefined, peers: readonly KnownPeer[], version: string, moment: Moment): Promise<string> {
    for (const gauge of [
      this.#slotStatus,
      this.#heartbeatAge,
      this.#vipHolders,
      this.#pages,
      this.#paused,
      this.#slotPaused,
      this.#slotDrained,
      this.#hostDrained,
      this.#peerUp,
      this.#peerSeen,
      this.#witnessUp,
      this.#hostStatus,
      this.#standIns,
      this.#refused,
      this.#build,
    ])
      gauge.reset();
    for (const { host: peer, state } of peers) {
      this.#peerUp.set({ peer }, state.status === "green" ? 1 : 0);
      if (state.heardMs !== undefined) this.#peerSeen.set({ peer }, distanceMs(moment, state.heardMs) / 1000);
    }
    if (known !== undefined) this.#show(known, version, moment);
    return await this.registry.metrics();
  }

  #show({ outputs, limits, state }: Known, version: string, moment: Moment): void {
    const release = outputs.applied.programDigest.slice(0, 12);
    this.#hostDrained.set(state.hostDrain === undefined ? 0 : 1);
    this.#build.set({ version, release, node: process.version }, 1);
    for (const { slot, status, facts, pausedUntilMs, drain } of Object.values(state.slots)) {
      this.#slotDrained.set({ slot }, drain === undefined ? 0 : 1);
      this.#slotPaused.set({ slot }, moment.nowMs < pausedUntilMs ? 1 : 0);
      for (const name of statusNames) this.#slotStatus.set({ slot, status: name }, name === status ? 1 : 0);
      if (facts.beat === undefined) continue;
      this.#heartbeatAge.set({ slot }, distanceMs(moment, facts.beat.atMs) / 1000);
      const { refused } = facts.beat.value;
      if (refused !== undefined) this.#refused.set({ slot }, refused);
    }
    for (const { host, status } of Object.values(state.hosts)) {
      for (const name of hostStatusNames) this.#hostStatus.set({ host, status: name }, name === status ? 1 : 0);
      this.#standIns.set({ host }, state.evacuated[host] ?? 0);
    }
    const { witness } = outputs.applied.config.site;
    const { witnessAskedMs, witnessMs } = state.host;
    if (witness !== undefined && witnessAskedMs !== undefined) {
      const isUp = witnessMs !== undefined && moment.nowMs - witnessMs <= limits.witnessFreshMs;
      this.#witnessUp.set({ address: witness }, isUp ? 1 : 0);
    }
    const { vipHolders } = state.host;
    // A gauge without labels is reset to 0, which would say that nobody has the address.
    if (vipHolders === undefined) this.#vipHolders.remove();
    else this.#vipHolders.set(vipHolders.value.length);
    for (const topic of Object.keys(state.pages)) this.#pages.inc({ topic: kindOf(topic, state) });
    this.#paused.set({ by: "person" }, moment.nowMs < state.pausedUntilMs ? 1 : 0);
    this.#paused.set({ by: "breaker" }, moment.nowMs < state.breakerUntilMs ? 1 : 0);
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}

/** `web-1.locked` is one of many that are locked, `mb.hostLost` of hosts that are lost; `vipNone` is of this host. */
function kindOf(topic: string, { slots, hosts }: Known["state"]): string {
  const slot = topic.slice(0, topic.indexOf("."));
  return slot in slots || slot in hosts ? topic.slice(slot.length + 1) : topic;
}
