/** A healer that listens to nothing but the test, with its journal in a folder of its own and its API before it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { Answers } from "../../healer/api/answers.ts";
import { type KnownPeers, noPeers } from "../../healer/api/knownPeers.ts";
import { Metrics } from "../../healer/api/metrics.ts";
import { type EventLimits, eventLimits } from "../../healer/api/routes/eventRoutes.ts";
import { type ConnectionLimits, connectionLimits, createServer } from "../../healer/api/server.ts";
import type { Subject } from "../../healer/api/subject.ts";
import type { Action } from "../../healer/core/actions.ts";
import type { Beat } from "../../healer/core/facts.ts";
import { limitsFor } from "../../healer/core/limits.ts";
import { alone, type PlannedSite } from "../../healer/core/otherHost.ts";
import { pastOf } from "../../healer/core/past.ts";
import { hearPeer, type PeerState, unheardPeer } from "../../healer/core/peer.ts";
import { initialState } from "../../healer/core/state.ts";
import { plannedSlots } from "../../healer/deployment.ts";
import { Healer } from "../../healer/healer.ts";
import { type Chronicle, openChronicle } from "../../healer/history/chronicle.ts";
import { endedRepairs } from "../../healer/history/endedRepairs.ts";
import { Journal } from "../../healer/journal/journal.ts";
import { parseConfig } from "../../infra/config.ts";
import { planStack } from "../../infra/plan.ts";
import type { StackOutputs } from "../../stacks/outputs.ts";
import { exampleConfig } from "./exampleConfig.ts";

export const testToken = "t".repeat(43);
export const testLimits = limitsFor.kvm;

const config = parseConfig(exampleConfig(), "bk");
const desired = { version: 1 } as const;
const plan = planStack(config, desired);

/** Of the outputs of host bk what a healer needs, as the shipped configuration makes them: lb-1, web-1, web-2. */
export const testOutputs: Pick<StackOutputs, "slots" | "vip" | "applied" | "managedFiles"> = {
  applied: { config, desired, programDigest: "d".repeat(64) },
  vip: plan.site.vip,
  slots: [...plan.slots],
  managedFiles: {},
};

export const testPlanned = plannedSlots(testOutputs as StackOutputs, plan);

/** A heartbeat of a machine that is well. */
export function goodBeat(slot: string): Beat {
  const planned = testPlanned.find((one) => one.slot === slot);
  const isBalancer = planned?.role === "balancer";
  return {
    incarnation: `${slot}-1`,
    service: "up",
    files: planned?.plannedFiles ?? "",
    freeBytes: 64 * 1024 * 1024,
    busy: 0.03,
    ...(isBalancer ? { vrrp: "MASTER", holdsVip: true } : {}),
  };
}

/** The healer of another host, which is heard and has two workers that are well. */
export function goodPeer(peer: string, nowMs = performance.now()): PeerState {
  const view = { incarnation: "one", sequence: 1, listens: true, marks: { workers: { own: 2, green: 2 } } };
  return hearPeer(unheardPeer(peer, 0), { kind: "view", view }, nowMs).state;
}

export interface ApiFixture {
  readonly journal: Journal;
  readonly healer: Healer;
  readonly answers: Answers;
  readonly metrics: Metrics;
  readonly app: FastifyInstance;
  /** What was asked of the world. */
  readonly asked: Action[];
  readonly log: string[];
  /** All machines beat once, and the core has heard of it. */
  beatAll(): void;
  close(): Promise<void>;
}

export interface ApiFixtureOptions {
  readonly events?: Partial<EventLimits>;
  readonly connections?: Partial<ConnectionLimits>;
  readonly pendingChanges?: () => Promise<readonly string[]>;
  readonly maxJournalBytes?: number;
  readonly host?: string;
  readonly peers?: KnownPeers;
  /** Without it the host has no others. */
  readonly site?: PlannedSite;
}

export async function apiFixture(options: ApiFixtureOptions = {}): Promise<ApiFixture> {
  const dir = await mkdtemp(join(tmpdir(), "vigil-api-"));
  const path = join(dir, "journal.jsonl");
  const { journal } = await Journal.open({ path, maxBytes: options.maxJournalBytes ?? 8 * 1024 * 1024 });
  const log: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line) => void log.push(line) });
  const metrics = new Metrics();
  const chronicle = await openChronicle(journal, (before, after) => {
    for (const repair of endedRepairs(before, after)) metrics.repaired(repair);
  });
  const { healer, asked } = silentHealer(journal, options.site ?? alone);
  const { host = "bk", peers = noPeers, pendingChanges = async () => [] } = options;
  const answers = new Answers({ host, chronicle, pendingChanges, peers });
  const scaler = { lack: async (workers: number) => (workers > 5 ? "the pool holds 5" : undefined) };
  const subject: Subject = { outputs: testOutputs, limits: testLimits, healer, scaler };
  answers.watch(subject);
  const app = await createServer({
    answers,
    metrics,
    journal,
    eventLimits: { ...eventLimits, ...options.events },
    connectionLimits: { ...connectionLimits, ...options.connections },
    token: testToken,
    version: "0.0.0",
    log: logger,
  });
  return {
    journal,
    healer,
    answers,
    metrics,
    app,
    asked,
    log,
    beatAll: () => {
      for (const { slot } of testPlanned) healer.hear({ kind: "beat", slot, beat: goodBeat(slot) });
      healer.hear({ kind: "tick", lagMs: 0 });
    },
    close: () => closeAll(app, chronicle, healer, journal, dir),
  };
}

/** It decides as any other, and what it decides is written down instead of done. */
function silentHealer(journal: Journal, site: PlannedSite): { healer: Healer; asked: Action[] } {
  const asked: Action[] = [];
  const ask = async (action: Action) => void asked.push(action);
  const repairs = { operate: ask, replace: ask, checkDrift: ask, rotate: ask, moveVip: ask };
  const scaler = { scale: ask, askRoom: ask };
  const ports = { journal, scaler, probes: { probe: () => {} }, repairs, log: pino({ enabled: false }) };
  const state = initialState(testPlanned, pastOf([]), performance.now(), testLimits, site);
  return { healer: new Healer(ports, testLimits, state), asked };
}

async function closeAll(
  app: FastifyInstance,
  chronicle: Chronicle,
  healer: Healer,
  journal: Journal,
  dir: string,
): Promise<void> {
  await app.close();
  chronicle.close();
  await healer.settled();
  await journal.close();
  await rm(dir, { recursive: true });
}
