/**
 * The heartbeat agent of a machine: says who and how it is, and in a balancer keeps the pool of workers. It decides
 * nothing about machines and changes no managed file.
 */
import { networkInterfaces } from "node:os";
import { logEvent } from "../shared/logEvent.ts";
import { readNodeFacts, slotId } from "../shared/nodeFacts.ts";
import { createAgentServer } from "./agentServer.ts";
import { BootTime } from "./bootTime.ts";
import type { Change } from "./checker.ts";
import { IsolationWatch, tickMs as isolationTickMs } from "./isolationWatch.ts";
import { localBalancer } from "./localBalancer.ts";
import { MachineLoad } from "./machineLoad.ts";
import { ManagedFiles } from "./managedFiles.ts";
import { agentPaths } from "./paths.ts";
import { PoolKeeper } from "./poolKeeper.ts";
import { Refusals } from "./refusals.ts";
import { type ServiceState, stateOf } from "./serviceState.ts";
import { watchPath, watchService } from "./serviceWatch.ts";
import { TakingPart } from "./takingPart.ts";
import { standsBack, tellKeepalived } from "./tellKeepalived.ts";
import { UpstreamPool } from "./upstreamPool.ts";
import { readVrrpState } from "./vrrpState.ts";

const filesIntervalMs = 500;

const paths = agentPaths(process.env.VIGIL_ROOT);
const facts = readNodeFacts(paths.node);
const isBalancer = facts.role === "balancer";
const identity = { site: facts.site, slot: slotId(facts), role: facts.role, incarnation: crypto.randomUUID() };

const files = new ManagedFiles(paths.managed);
const bootTime = new BootTime(paths.bootTime);
const pool = isBalancer ? new UpstreamPool(localBalancer(paths.upstreams, paths.nginxPid)) : undefined;
const takingPart = isBalancer ? new TakingPart(paths.mute) : undefined;
const keeper = pool === undefined ? undefined : new PoolKeeper(facts.site, pool, () => takingPart?.begin());
const service = watchService(facts, ({ after: { verdict, reason } }) => {
  logEvent("service", { is: verdict, reason });
  takingPart?.serviceIs(verdict);
  if (verdict !== "up") return;
  bootTime.serviceIsUp();
  pool?.refresh();
});
const path = isBalancer ? watchPath(facts, logPath) : undefined;
const isolation = keeper === undefined ? undefined : watchIsolation(keeper);
const refusals = isBalancer ? new Refusals(paths.refused) : undefined;
const load = new MachineLoad();
let seq = 0;
let isHolder = false;
/** Which managed file is not as this release has agreed on it, and what of it. */
let fileRefusal: string | undefined;

const server = createAgentServer({ beat, status, health: () => ({ ...identity, status: "OK" }) });
server.listen(facts.heartbeatPort, "0.0.0.0", () => {
  logEvent("beating", { port: facts.heartbeatPort, ...identity, startMs: Math.round(performance.now()) });
});
void refreshFiles();
setInterval(refreshFiles, filesIntervalMs);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));

function beat(): object {
  seq += 1;
  const workersUp = keeper?.workersUp;
  return {
    status: "OK",
    slot: identity.slot,
    incarnation: identity.incarnation,
    seq,
    uptimeMs: Math.round(performance.now()),
    service: serviceState().state,
    files: files.digest,
    ...(fileRefusal === undefined ? {} : { fileRefusal }),
    busy: load.busy,
    freeBytes: load.freeBytes,
    ...(isBalancer ? { vrrp: readVrrpState(paths.vrrpState, paths.keepalivedPid).state, holdsVip: isHolder } : {}),
    ...(workersUp === undefined ? {} : { workersUp }),
    ...(refusals === undefined ? {} : { refused: refusals.count }),
    ...(isolation?.state.isCutOff ? { isCutOff: true } : {}),
  };
}

function status(): object {
  return {
    ...identity,
    uptimeMs: Math.round(performance.now()),
    bootMs: bootTime.ms,
    service: serviceState(),
    files: files.digests,
    filesDigest: files.digest,
    ...(fileRefusal === undefined ? {} : { fileRefusal }),
    busy: load.busy,
    freeBytes: load.freeBytes,
    ...(isBalancer ? { vrrp: readVrrpState(paths.vrrpState, paths.keepalivedPid), holdsVip: holdsVip() } : {}),
    ...(refusals === undefined ? {} : { refused: refusals.count }),
    ...(path === undefined ? {} : { path: stateOf(path) }),
    ...(isolation === undefined ? {} : { isolation: isolation.state }),
    ...keeper?.status(),
  };
}

function serviceState(): ServiceState {
  return stateOf(service);
}

function logPath({ after: { verdict, reason } }: Change): void {
  logEvent("path", { is: verdict, reason });
}

/** Nothing is judged before the settings are there: what an agent before this one has said stays in force. */
function watchIsolation(pool: PoolKeeper): IsolationWatch {
  const watch = new IsolationWatch(standsBack(paths.isolated), (isCutOff) => {
    logEvent("isolation", { isCutOff });
    tellKeepalived(paths.isolated, isCutOff);
  });
  setInterval(() => {
    if (pool.vip !== undefined) watch.tick(pool.outside(facts.host));
  }, isolationTickMs);
  return watch;
}

/**
 * The kernel's word on who has the address, too dear to ask for with every beat; keepalived's own is what it means to do.
 * On the loopback device every balancer has it, for the answers that it still owes after a move.
 */
function holdsVip(): boolean {
  if (keeper?.vip === undefined) return false;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ address, internal }) => !internal && address === keeper.vip);
}

async function refreshFiles(): Promise<void> {
  const vip = keeper?.vip;
  refreshHolder();
  load.refresh();
  refusals?.refresh();
  const found = await refreshManaged().then(
    () => undefined,
    ({ message }: Error) => message,
  );
  if (found !== undefined && found !== fileRefusal) logEvent("error", { error: found });
  fileRefusal = found;
  // Settings that have only just been read say which address it is.
  if (keeper?.vip !== vip) refreshHolder();
}

function refreshHolder(): void {
  isHolder = holdsVip();
  if (keeper !== undefined) keeper.isHolder = isHolder;
}

/** Rejects with the reason if a file is not as agreed: what was read before stays in force. */
async function refreshManaged(): Promise<void> {
  await files.refresh();
  keeper?.configure(paths.balancer, await files.read(paths.balancer));
  if (keeper?.vip !== undefined) takingPart?.settingsAreThere();
}
