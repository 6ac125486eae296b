/** The healer of one host, from its start to its end: reads what is deployed, listens, and leads the core. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import { backendDir, cacheDirOf, hostEnvironment } from "../host/hostEnvironment.ts";
import { desiredPath, hostFolders, stateDir } from "../infra/paths.ts";
import { planStack } from "../infra/plan.ts";
import type { StackOutputs } from "../stacks/outputs.ts";
import { type Api, openApi } from "./api/api.ts";
import type { News } from "./core/events.ts";
import { limitsFor } from "./core/limits.ts";
import { pastOf } from "./core/past.ts";
import { initialState, type PlannedSlot, type State } from "./core/state.ts";
import { type DeploymentSettings, deploymentStamp, plannedSite, plannedSlots, readDeployment } from "./deployment.ts";
import { Healer } from "./healer.ts";
import { Journal } from "./journal/journal.ts";
import { readJournal } from "./journal/readJournal.ts";
import { readPast } from "./journal/readPast.ts";
import { Peers } from "./peers/peers.ts";
import { peersPlanOf } from "./peers/peersPlan.ts";
import { staleRelease } from "./pendingChanges.ts";
import { stackPaths } from "./repairs/engine/backend.ts";
import { Engine } from "./repairs/engine/engine.ts";
import { readStackState } from "./repairs/engine/stackState.ts";
import { placeOf } from "./repairs/placeOf.ts";
import { Repairer } from "./repairs/repairer.ts";
import { Scaler } from "./repairs/scaler.ts";
import { ServiceManager } from "./serviceManager.ts";
import { openSignals } from "./signals/openSignals.ts";
import { soleHealer } from "./soleHealer.ts";

export const journalPath = join(stateDir, "journal.jsonl");
const runDir = "/run/vigil";
/** Another one with each boot of the host. */
const bootPath = "/proc/sys/kernel/random/boot_id";

const redeployIntervalMs = 1_000;
/** An update that an earlier healer began may have so long to come to its end. */
const orphanGraceMs = 60_000;

export interface HealerOptions {
  /** The host, which is the name of its stack. */
  readonly host: string;
  readonly log: Logger;
  /** Ends the healer when it aborts; repairs under way go on without it. */
  readonly signal: AbortSignal;
}

/** What lives as long as the process, whatever is deployed meanwhile. */
interface Tools {
  readonly settings: DeploymentSettings;
  readonly journal: Journal;
  readonly engine: Engine;
  readonly api: Api;
  readonly peers: Peers;
  readonly manager: ServiceManager;
  readonly log: Logger;
  readonly note: (sentence: string) => void;
}

/** Resolves when the signal aborts. Rejects if another healer runs here, or if nothing is deployed. */
export async function runHealer({ host, log, signal }: HealerOptions): Promise<void> {
  const sole = await soleHealer();
  const tools = await openTools(host, log);
  try {
    // Whatever an earlier healer or a power cut has left comes first: a state that was cut off cannot be read either.
    await tools.engine.recover(orphanGraceMs);
    let outputs = await readDeployment(tools.settings);
    sayIfStale(outputs, tools);
    while (!signal.aborted) {
      const next = await heal(host, outputs, tools, signal);
      if (next === undefined) return;
      log.info("another plan was deployed: I start over with it");
      outputs = next;
    }
  } finally {
    void tools.manager.stopping();
    await tools.peers.close();
    await tools.api.close();
    await tools.engine.close();
    await tools.journal.close();
    await sole.close();
  }
}

async function openTools(host: string, log: Logger): Promise<Tools> {
  const manager = new ServiceManager(process.env, log);
  const env = { ...process.env, ...hostEnvironment(cacheDirOf(process.env)) };
  const settings = { stack: host, backendDir, workDir: join(runDir, "outputs"), env };
  const { journal, notes } = await Journal.open({ path: journalPath });
  for (const sentence of notes) log.warn(sentence);
  const append = (entry: object) => {
    journal.append(entry).catch((error: Error) => log.error(error, "the journal cannot be written"));
  };
  append({ kind: "opened", boot: (await readFile(bootPath, "utf8")).trim(), sentence: "a healer begins to write" });
  const note = (sentence: string) => {
    log.info({ from: "repair" }, sentence);
    append({ kind: "note", sentence });
  };
  const engine = new Engine({
    ...settings,
    workDir: join(runDir, "engine"),
    onNote: note,
    onProgress: ({ phase, resource, op, atMs }) => {
      if (phase !== "begun") append({ kind: "progress", phase, resource, op, atMs });
    },
  });
  const peers = await Peers.open({ host, log, note: append });
  const api = await openApi({ host, journal, log, peers });
  if (api.answers !== undefined) peers.answerBy(api.answers);
  return { settings, journal, engine, api, peers, manager, log, note };
}

/** Nothing is replaced by a program that is not the deployed one: better to hear of that now than when a machine dies. */
function sayIfStale({ applied }: StackOutputs, { log, note }: Tools): void {
  const sentence = staleRelease(applied.programDigest);
  if (sentence === undefined) return;
  note(sentence);
  log.error({ page: "staleRelease" }, sentence);
}

/** Heals what is deployed until something else is, and resolves to that; or to undefined when it is to end. */
async function heal(
  host: string,
  outputs: StackOutputs,
  { settings, journal, engine, api, peers, manager, log, note }: Tools,
  signal: AbortSignal,
): Promise<StackOutputs | undefined> {
  const { applied } = outputs;
  const plan = planStack(applied.config, applied.desired);
  const limits = limitsFor[plan.accelerator];
  await journal.noteClock().catch((error: Error) => log.error(error, "the journal cannot be written"));
  const { entries, problems } = readPast((await readJournal(journalPath)).entries, Date.now());
  for (const sentence of problems) log.warn(sentence);
  const past = pastOf(entries);
  const planned = plannedSlots(outputs, plan);
  const nowMs = () => performance.now();
  const place = placeOf(outputs, { ...hostFolders, stateDir, runDir });
  const hear = (news: News) => {
    api.heard(news);
    healer.hear(news);
    // Only a tick that has been through the core says that the healer works.
    if (news.kind === "tick") manager.gotOn(nowMs(), () => statusLine(healer.state));
  };
  const isWell = (slot: string): boolean => healer.isWell(slot);
  const readUrns = () => readStackState(stackPaths(settings.backendDir, host).state);
  const staleness = () => staleRelease(applied.programDigest);
  const effects = { place, engine, limits, readUrns, staleness, emit: hear, onNote: note, nowMs };
  const repairs = new Repairer({ ...effects, isWell });
  const scaler = new Scaler({ ...effects, applied, desiredPath });
  engine.warm();
  const signals = openSignals(outputs, () => peers.all.map(({ state }) => state), log, hear);
  const site = plannedSite(applied.config, plan);
  const healer = new Healer(
    { journal, probes: signals, repairs, scaler, log },
    limits,
    initialState(planned, past, nowMs(), limits, site),
  );
  try {
    const slots = outputs.slots.map(({ slot }) => slot);
    const standIns = standInsIn(planned);
    const release = applied.programDigest.slice(0, 12);
    await journal.append({ kind: "started", host, release, slots, standIns, others: Object.keys(site.others) });
    api.watch({ outputs, limits, healer, scaler });
    await peers.watch(peersPlanOf(applied.config));
    log.info({ host, slots: outputs.slots.length }, "the healer listens");
    await manager.ready(`watching ${slots.join(", ")}`);
    const isBusy = () => isAtWork(healer.state);
    return await nextDeployment(outputs, settings, isBusy, journal, log, signal);
  } finally {
    api.watch(undefined);
    await signals.close();
    await healer.settled();
  }
}

/** By slot, for which other host it stands in. */
function standInsIn(planned: readonly PlannedSlot[]): Readonly<Record<string, string>> {
  const standIns = planned.flatMap(({ slot, standsInFor }) => (standsInFor === undefined ? [] : [[slot, standsInFor]]));
  return Object.fromEntries(standIns);
}

/** For `systemctl status`, which has one line. */
function statusLine({ slots }: State): string {
  const all = Object.values(slots);
  const bad = all.filter(({ status }) => status !== "green").map(({ slot, status }) => `${slot} is ${status}`);
  return bad.length === 0 ? `all ${all.length} machines beat and serve` : bad.join(", ");
}

/**
 * An update that was cut short may have written its outputs and not made all that they say: whoever began it knows what to
 * take back, and a healer of the new plan would not.
 */
function isAtWork({ updating, scaling }: State): boolean {
  return updating !== undefined || (scaling?.tries ?? 0) > 0;
}

/** Resolves when another plan is deployed, by a person or by a change of the number of workers; or to undefined at the end. */
async function nextDeployment(
  outputs: StackOutputs,
  settings: DeploymentSettings,
  isBusy: () => boolean,
  journal: Journal,
  log: Logger,
  signal: AbortSignal,
): Promise<StackOutputs | undefined> {
  let stamp = await deploymentStamp(settings);
  while (!signal.aborted) {
    await sleep(redeployIntervalMs, undefined, { signal }).catch(() => {});
    // The next healer has to know of it, however this one ends. Where it cannot be written it is tried again.
    await journal.noteClock().catch(() => {});
    if (signal.aborted || isBusy()) continue;
    const now = await deploymentStamp(settings).catch(() => stamp);
    if (now === stamp) continue;
    try {
      const found = await readDeployment(settings);
      // A repair that began meanwhile is brought to its end by the one who began it.
      if (isBusy()) continue;
      stamp = now;
      if (!isDeepStrictEqual(found, outputs)) return found;
    } catch (error) {
      // An update that is under way is writing it: what was read before is in force.
      log.info({ because: String(error) }, "what is deployed cannot be read just now");
    }
  }
  return undefined;
}
