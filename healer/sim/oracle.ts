/**
 * What has to be true of a repair that begins, told from the world and from what the healer was told, and in no case
 * from what it made of that. The numbers and repairs stand here a second time on purpose: a table that is read by both
 * sides could be wrong without anybody noticing.
 */
import type { JournalEntry, Repair, SlotRepair } from "../core/actions.ts";
import type { Limits } from "../core/limits.ts";
import type { State } from "../core/state.ts";
import { type Machine, serves, troublesOf } from "./machine.ts";
import type { Told } from "./told.ts";
import { must } from "./violation.ts";

type Begun = Extract<JournalEntry, { kind: "repairBegun" }>;

/** What is done about each cause, from the least to the last. */
export const ladders: Readonly<Record<string, readonly [Repair, ...Repair[]]>> = {
  serviceDead: ["restartService", "powerCycle", "replace"],
  serviceHung: ["restartService", "powerCycle", "replace"],
  serviceBusy: ["restartService"],
  serviceWrong: ["restartService", "replace"],
  keepalivedDead: ["restartKeepalived", "powerCycle", "replace"],
  balancerUnfit: ["restartKeepalived", "powerCycle", "replace"],
  agentDead: ["restartAgent", "powerCycle", "replace"],
  guestDiskFull: ["replace"],
  machineStopped: ["start", "replace"],
  machineCrashed: ["replace"],
  machinePanicked: ["powerCycle", "replace"],
  machinePaused: ["resume", "powerCycle", "replace"],
  machineStalled: ["resume", "powerCycle"],
  machineFrozen: ["powerCycle", "replace"],
  balancerFrozen: ["powerCycle", "replace"],
  machineUnreachable: ["reset", "replace"],
  machineHung: ["reset", "replace"],
  machineStarved: ["reset", "replace"],
  machineReboots: ["powerCycle", "replace"],
  machineDetached: ["reattach"],
  networkBroken: ["reattach"],
  domainUndefined: ["replace"],
  diskMissing: ["replace"],
  repairUnfinished: ["replace"],
  replaceWished: ["replace"],
  mute: ["reset", "replace"],
};

const softCauses: ReadonlySet<string> = new Set([
  "serviceHung",
  "serviceBusy",
  "machineStarved",
  "machineUnreachable",
  "machineHung",
]);

/** How late word of a machine may be: libvirt's events by 2 s, its polls for as long as they are believed, and a bit. */
const lateMs = 7_500;

export function mayBegin({ pausedUntilMs, breakerUntilMs, silentSinceMs }: Told, nowMs: number): void {
  must(nowMs >= pausedUntilMs, "nothing is begun while paused", () => `${pausedUntilMs - nowMs} ms were left`);
  must(
    nowMs >= breakerUntilMs,
    "nothing is begun while the breaker is open",
    () => `${breakerUntilMs - nowMs} ms were left`,
  );
  must(silentSinceMs === undefined, "nothing is begun while libvirt is silent", () => "its last poll was not answered");
}

export function mayBeginOn({ slots }: Told, { slot }: SlotRepair, nowMs: number): void {
  const leftMs = (slots.get(slot)?.pausedUntilMs ?? 0) - nowMs;
  must(leftMs <= 0, "nothing is begun on a paused machine", () => `${slot}: ${leftMs} ms were left`);
}

export function mayReplace({ poolFreeBytes, stateFreeBytes }: Told, limits: Limits): void {
  const fits = poolFreeBytes >= limits.minPoolFreeBytes && stateFreeBytes >= limits.minStateFreeBytes;
  must(fits, "nothing is replaced without space", () => `pool ${poolFreeBytes} B, state ${stateFreeBytes} B`);
}

/** The host itself may just have started; only a machine that this healer has seen well is known to have been up. */
export function isNoStart({ startedMs, slots }: Told, { slot }: SlotRepair, limits: Limits, nowMs: number): void {
  const isOver = nowMs - startedMs >= limits.startGraceMs || slots.get(slot)?.wasGreen === true;
  must(isOver, "nothing is begun just after the start", () => `${slot}, ${nowMs - startedMs} ms after it`);
}

/** Silence is waited out from when somebody listened; what a machine says of itself, from when it said otherwise. */
export function isPatient(told: Told, { slot, cause }: SlotRepair, limits: Limits, nowMs: number): void {
  const { beatMs = 0, goodBeatMs = 0, runningMs = 0, starvedMs = 0, isBeingSaved = false } = told.slots.get(slot) ?? {};
  const silent: Readonly<Record<string, number>> = {
    machineUnreachable: limits.resetAfterMs,
    machineHung: limits.replaceAfterMs,
    agentDead: limits.serviceGraceMs,
    machineDetached: limits.silentMs,
    networkBroken: limits.silentMs,
  };
  const said: Readonly<Record<string, number>> = {
    serviceDead: limits.serviceGraceMs,
    serviceHung: limits.serviceGraceMs,
    serviceWrong: limits.serviceGraceMs,
    keepalivedDead: limits.serviceGraceMs,
    guestDiskFull: limits.serviceGraceMs,
    serviceBusy: limits.busyGraceMs,
    // Of silence too, and of both in turn.
    machineStarved: limits.busyGraceMs,
  };
  const pausedMs = isBeingSaved ? limits.jobGraceMs : limits.pausedGraceMs;
  const seen: Readonly<Record<string, number>> = {
    machineStopped: limits.stoppedGraceMs,
    machinePaused: pausedMs,
    balancerFrozen: pausedMs,
    machineStalled: limits.pausedGraceMs,
    machineFrozen: limits.resetAfterMs,
  };
  const sinceMs = cause in silent ? Math.max(beatMs, told.listensSinceMs) : cause in said ? goodBeatMs : runningMs;
  const couldSpeak = cause === "machineUnreachable" || cause === "machineHung";
  must(!couldSpeak || nowMs - starvedMs >= limits.resetAfterMs, "what is starved is not blamed for its silence", () => {
    return `${slot} by ${cause}, starved ${nowMs - starvedMs} ms ago`;
  });
  const patienceMs = silent[cause] ?? said[cause] ?? seen[cause] ?? 0;
  must(nowMs - sinceMs >= patienceMs, "no repair is begun too early", () => {
    return `${slot} by ${cause} after ${nowMs - sinceMs} of ${patienceMs} ms`;
  });
}

/** One witness of silence is not enough: the machine was asked, and its kernel's answer fits the cause. */
export function wasAsked({ slots }: Told, { slot, cause }: SlotRepair, limits: Limits, nowMs: number): void {
  if (cause !== "machineUnreachable" && cause !== "machineHung" && cause !== "agentDead") return;
  const told = slots.get(slot);
  const isFresh = told !== undefined && nowMs - told.pingMs <= limits.probeFreshMs && told.pingMs >= told.beatMs;
  const fits = isFresh && told.pingAnswered === (cause !== "machineUnreachable");
  must(fits, "one witness of silence is not enough", () => `${slot} by ${cause}, ping ${told?.pingAnswered}`);
}

/** What takes the way of a repair because a person wants it, and is none. */
export function isWish({ cause }: SlotRepair): boolean {
  return cause === "replaceWished";
}

/** Somebody has just asked for it; and no machine that serves is taken away for a wish while another one of its kind is out. */
export function wasWished(
  told: Told,
  state: State,
  world: readonly Machine[],
  { slot }: SlotRepair,
  limits: Limits,
  nowMs: number,
): void {
  const agoMs = nowMs - (told.slots.get(slot)?.wishedMs ?? Number.NEGATIVE_INFINITY);
  must(agoMs < limits.wishMs, "nothing is replaced for a wish that nobody had", () => `${slot}: ${agoMs} ms ago`);
  const machine = world.find((one) => one.slot === slot);
  if (machine === undefined || !serves(machine, nowMs) || machine.ills.size > 0) return;
  const isEmptied = machine.role !== "worker" || machine.isDrained || nowMs - machine.servesMs < lateMs;
  must(isEmptied, "what serves is drained before it is replaced for a wish", () => slot);
  must(!machine.holdsVip, "who holds the address yields it before it is replaced for a wish", () => slot);
  const out = world.find((other) => {
    return other !== machine && other.role === machine.role && state.slots[other.slot]?.status === "repairing";
  });
  must(out === undefined, "of those that serve one goes at a time", () => `${slot} beside ${out?.slot}`);
}

/** Only what somebody wants out of rotation leaves it, and nothing that is wanted out is brought back. */
export function mayRotate(told: Told, machine: Machine, to: "out" | "in", limits: Limits, nowMs: number): void {
  const { isDrained = false, wishedMs = Number.NEGATIVE_INFINITY } = told.slots.get(machine.slot) ?? {};
  const isWished = isDrained || told.leaving.includes(machine.slot) || nowMs - wishedMs < limits.wishMs;
  must(machine.role === "worker", "only workers are in rotation", () => machine.slot);
  must(to === "in" || isWished, "nothing leaves the rotation unasked", () => machine.slot);
  must(to === "out" || !isDrained, "what is drained is not brought back unasked", () => machine.slot);
}

/** No repair of what is well, or boots as it may; and of what suffers from one thing only, the least one first. */
export function isCalledFor(
  machine: Machine,
  tried: readonly Repair[],
  repair: SlotRepair,
  history: ReadonlySet<string>,
  isAwaited: boolean,
  nowMs: number,
): void {
  const wellMs = machine.wellSinceMs === undefined ? 0 : nowMs - machine.wellSinceMs;
  must(
    wellMs <= lateMs,
    "no repair of a machine that is well",
    () => `${repair.repair} ${machine.slot}, well for ${wellMs} ms`,
  );
  const isBooting = machine.domain === "running" && nowMs < machine.servesMs;
  must(!isBooting || !isAwaited, "a booting machine is left alone", () => `${repair.repair} ${machine.slot}`);
  // What boots without anybody having announced it is silent above all, whatever else befell it.
  if (isBooting) return;
  const [only, ...others] = [...history];
  if (only === undefined || others.length > 0 || tried.length > 0 || troublesOf(machine).length !== 1) return;
  must(only !== "filesChanged", "what a person changed is left to persons", () => `${repair.repair} ${machine.slot}`);
  // What reboots is silent for a while each time, and may be taken for that.
  const expected = only === "machineReboots" ? undefined : ladders[only]?.[0];
  if (expected === undefined) return;
  must(
    repair.repair === expected,
    "the least repair comes first",
    () => `${repair.repair} ${machine.slot} for ${only}`,
  );
}

/** What has become well before its repair has begun is left alone, and nothing else is. */
export function seesWhatIs(told: Told, machine: Machine, isWell: boolean, limits: Limits, nowMs: number): void {
  const { slot, wellSinceMs = nowMs } = machine;
  const { goodBeatMs = 0 } = told.slots.get(slot) ?? {};
  const isHeard = nowMs - goodBeatMs <= limits.silentMs;
  must(isHeard || !isWell, "only what is well needs no repair", () => slot);
  const wellMs = nowMs - Math.max(wellSinceMs, told.listensSinceMs);
  must(isWell || wellMs <= lateMs, "what has become well is left alone", () => `${slot}, well for ${wellMs} ms`);
}

/** A machine that serves loses nothing by a dead agent; whoever repairs that must not take the service away first. */
export function keepsServing(machine: Machine, tried: readonly Repair[], { repair }: SlotRepair, nowMs: number): void {
  if (!serves(machine, nowMs) || machine.ills.size !== 1 || !machine.ills.has("agentDead") || tried.length > 0) return;
  if (!machine.diskThere || nowMs - Math.max(machine.servesMs, machine.reachableMs) < lateMs) return;
  must(
    repair === "restartAgent",
    "never fewer that serve after a repair",
    () => `${repair} ${machine.slot}, which serves`,
  );
}

/** Many silent at once are one fault of network or load. What was repaired for silence a moment ago counts too. */
export function isNoMassAction(state: State, begun: Begun, limits: Limits): void {
  if (!begun.slots.some(({ cause }) => softCauses.has(cause))) return;
  const workers = Object.values(state.slots).filter(({ role }) => role === "worker");
  const sinces = workers.flatMap(({ suspicion }) => {
    return suspicion !== undefined && softCauses.has(suspicion.cause) ? [suspicion.sinceMs] : [];
  });
  const latestMs = Math.max(...sinces);
  const together = sinces.filter((sinceMs) => latestMs - sinceMs <= limits.massWindowMs).length;
  must(together < 2 || together * 2 <= workers.length, "most workers are not repaired by silence", () => {
    return `${together} of ${workers.length} within ${limits.massWindowMs} ms`;
  });
}
