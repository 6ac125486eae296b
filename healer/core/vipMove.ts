/**
 * A planned move of the service's address: the balancer that holds it yields, and one of another host takes it. Who holds
 * it is no declared input, so nothing is left of a move; the update only gives it the lock and the journal of all others.
 */
import type { Action } from "./actions.ts";
import type { Event } from "./events.ts";
import type { Limits } from "./limits.ts";
import type { SlotState, State, VipMove } from "./state.ts";

export interface Moved {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly reason: string;
}

type Of<Kind extends Event["kind"]> = Extract<Event, { kind: Kind }>;

/** From the end of the update to a heartbeat that says who holds the address: an agent looks twice a second. */
const lookMs = 2_000;

/** Why the address may not be moved from here now, in one sentence; undefined if it may. */
export function vipMoveRefusal(state: State, nowMs: number): string | undefined {
  const { updating, scaling, vipMove, pausedUntilMs, host } = state;
  const balancer = holderOf(state);
  if (balancer === undefined) return "no balancer of this host holds the service's address";
  if (vipMove !== undefined) return "the address is being moved";
  if (updating !== undefined || scaling !== undefined) return "an update of the stack is under way";
  if (nowMs < pausedUntilMs) return `repairs are paused for ${Math.ceil((pausedUntilMs - nowMs) / 1000)} s more`;
  if (host.hypervisorSilent !== undefined) return `libvirt does not answer (${host.hypervisorSilent.value})`;
  return balancer.status === "green" ? undefined : `${balancer.slot} is ${balancer.status}: ${balancer.sentence}`;
}

export function hearVipMove(state: State, { by }: Of<"moveVip">, nowMs: number): Moved {
  const refusal = vipMoveRefusal(state, nowMs);
  const holder = holderOf(state);
  if (holder === undefined || refusal !== undefined) return { state, actions: [], reason: `refused: ${refusal}` };
  return {
    ...beginMove(state, holder, by, nowMs),
    reason: `${by} moves the service's address away from ${holder.slot}`,
  };
}

export function beginMove(
  state: State,
  { slot }: SlotState,
  by: string,
  nowMs: number,
): Pick<Moved, "state" | "actions"> {
  const generation = state.generation + 1;
  const vipMove: VipMove = { slot, generation, atMs: nowMs, phase: "updating" };
  const actions: Action[] = [
    { kind: "journal", entry: { kind: "vipMoveBegun", slot, by } },
    { kind: "moveVip", slot, generation },
  ];
  const next: State = { ...state, generation, vipMove, updating: { generation, slots: [slot] } };
  return { state: next, actions };
}

export function hearVipMoved(state: State, { generation, outcome }: Of<"vipMoved">, nowMs: number): Moved {
  const { vipMove } = state;
  if (vipMove?.generation !== generation || vipMove.phase !== "updating") {
    return { state, actions: [], reason: `ignored: no move ${generation} of the address is under way` };
  }
  if (!outcome.ok) return ended(state, vipMove, `${outcome.code}: ${outcome.reason}`, nowMs);
  const looking: VipMove = { ...vipMove, phase: "looking", atMs: nowMs };
  return { state: { ...state, updating: undefined, vipMove: looking }, actions: [], reason: "" };
}

/** Whether the address has gone, once that can be told; or that no result came. */
export function goOnMoving(state: State, limits: Limits, nowMs: number): Moved {
  const { vipMove } = state;
  const isWaiting = { state, actions: [], reason: "" };
  if (vipMove === undefined) return isWaiting;
  if (vipMove.phase === "updating") {
    if (nowMs - vipMove.atMs < limits.repairDeadlineMs) return isWaiting;
    return ended(state, vipMove, `deadline: no result in ${limits.repairDeadlineMs / 1000} s`, nowMs);
  }
  if (nowMs - vipMove.atMs < lookMs) return isWaiting;
  const isStill = state.slots[vipMove.slot]?.facts.beat?.value.holdsVip === true;
  const why = `preflight: ${vipMove.slot} still holds it: no balancer of another host is a healthy backup`;
  return ended(state, vipMove, isStill ? why : "ok", nowMs);
}

function ended(state: State, { slot, phase }: VipMove, outcome: string, nowMs: number): Moved {
  const updating = phase === "updating" ? undefined : state.updating;
  const keptVip = outcome === "ok" ? undefined : { slot, atMs: nowMs, why: outcome };
  const next = { ...state, updating, vipMove: undefined, keptVip, nextDriftMs: nowMs };
  const reason = outcome === "ok" ? `the service's address has left ${slot}` : `it was not moved: ${outcome}`;
  return { state: next, actions: [{ kind: "journal", entry: { kind: "vipMoveEnded", slot, outcome } }], reason };
}

function holderOf({ slots }: State): SlotState | undefined {
  return Object.values(slots).find(({ role, facts }) => role === "balancer" && facts.beat?.value.holdsVip === true);
}
