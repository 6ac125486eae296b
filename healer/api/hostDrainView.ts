import { awaitedOf } from "../core/keepHostDrain.ts";
import type { Moment } from "./moment.ts";
import type { Status } from "./schemas.ts";
import type { Known } from "./subject.ts";

export function hostDrainView({ state, limits, history }: Known, { nowMs }: Moment): Status["hostDrain"] {
  const { hostDrain: last } = history;
  if (last === undefined) return undefined;
  return { ...last, phase: state.hostDrain?.phase, waitsFor: awaitedOf(state, limits, nowMs) };
}

/** What a status says first of a host that is out of service; undefined if it is not. */
export function hostDrainWords(
  { host, state, limits }: Pick<Known, "host" | "state" | "limits">,
  { nowMs }: Moment,
): Readonly<Record<"what" | "why" | "next", string>> | undefined {
  const { hostDrain } = state;
  if (hostDrain === undefined) return undefined;
  const { by, reason, phase } = hostDrain;
  const awaited = awaitedOf(state, limits, nowMs);
  const why = `drained by ${by}: ${reason}`;
  if (phase === "returning") {
    const what = `it is being taken back: ${awaited ?? "its workers get requests again"}`;
    return { what, why, next: "repairs begin again, and each worker gets requests once it is green" };
  }
  const what =
    phase === "ready" && awaited === undefined
      ? "it may be switched off or rebooted"
      : `it may not be switched off yet: ${awaited ?? "it begins"}`;
  return { what, why, next: `nothing is repaired here until \`vigil host return ${host}\`` };
}
