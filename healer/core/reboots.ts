/** Boots that nobody here has begun: the machine's domain runs on under the same id. */
import type { Limits } from "./limits.ts";
import { provenMs, recent } from "./proof.ts";
import type { SlotState } from "./state.ts";

type Past = Pick<SlotState, "repairsMs" | "rebootsMs">;

/** More than these say nothing new. */
const remembered = 8;

/**
 * The machine was reset, and is given the time of a boot. One that was repaired, or has rebooted, and was not up for long
 * since then is not: what reboots for ever must not be waited for for ever.
 */
export function withReboot(slot: SlotState, limits: Limits, nowMs: number): SlotState {
  // The boot that a repair has begun has a deadline of its own.
  if (slot.status === "settling") return slot;
  const rebootsMs = [...slot.rebootsMs.slice(1 - remembered), nowMs];
  const returns = recent(slot.repairsMs, limits, nowMs) + recent(slot.rebootsMs, limits, nowMs);
  const lastMs = Math.max(lastOf(slot.repairsMs), lastOf(slot.rebootsMs));
  if (nowMs - lastMs < limits.bootMs + provenMs(returns, limits)) return { ...slot, rebootsMs };
  return { ...slot, rebootsMs, facts: { ...slot.facts, startedMs: nowMs, startSeen: true } };
}

/** The reboots that followed each other before the machine could count as up, since it was repaired last; none if few. */
export function rebootsInARow({ repairsMs, rebootsMs }: Past, limits: Limits, nowMs: number): readonly number[] {
  if (rebootsMs.length < limits.reboots) return [];
  const times = [...rebootsMs.filter((atMs) => atMs > lastOf(repairsMs)), nowMs];
  const calmAt = times.findLastIndex(
    (atMs, index) => atMs - (times[index - 1] ?? atMs) > limits.bootMs + limits.provenMs,
  );
  return times.slice(Math.max(0, calmAt), -1);
}

function lastOf(times: readonly number[]): number {
  return times.at(-1) ?? Number.NEGATIVE_INFINITY;
}
