/** Whether the service's address is where it should be: with one of the site's balancers, and with nobody else. */
import { standsBack } from "./diagnose.ts";
import { isFresh } from "./facts.ts";
import type { Limits } from "./limits.ts";
import { isIsolated, type PlannedSite } from "./otherHost.ts";
import { slotsOf } from "./slotsOf.ts";
import type { State } from "./state.ts";

/** The topics of what may be wrong about the service's address. Each is told by itself: one that is open hides no other. */
export const vipTroubles = ["vipNone", "vipForeign", "vipMany"] as const;

export type VipTrouble = (typeof vipTroubles)[number];

/** What is wrong with these holders, by their hardware addresses: a sentence for each topic. */
export function addressTroubles(
  macs: readonly string[],
  { balancers }: PlannedSite,
): Readonly<Partial<Record<VipTrouble, string>>> {
  if (macs.length === 0) return { vipNone: "nobody has the service's address" };
  const strangers = balancers === undefined ? [] : macs.filter((mac) => !(mac in balancers));
  const ours = macs.filter((mac) => !strangers.includes(mac));
  const are = strangers.length === 1 ? "is no balancer" : "are no balancers";
  const foreign = `the service's address is taken by a foreign device: ${strangers.join(", ")} ${are} of this site, and nothing here is fenced for it`;
  const many = `the service's address has ${ours.length} holders: ${ours.map((mac) => balancers?.[mac] ?? mac).join(", ")}`;
  return { ...(strangers.length > 0 ? { vipForeign: foreign } : {}), ...(ours.length > 1 ? { vipMany: many } : {}) };
}

/**
 * Whether the address may have a holder that cannot be seen from here. The balancer here knows within a second that it is cut
 * off, and stands back; this healer takes longer to believe that of its host.
 */
export function isAddressOutOfSight(state: State, limits: Limits, nowMs: number): boolean {
  if (isIsolated(state, limits, nowMs) === true) return true;
  return slotsOf(state).some(({ facts: { beat } }) => {
    return (
      beat !== undefined && isFresh(beat, limits.silentMs, nowMs) && standsBack(beat.value, state.host, limits, nowMs)
    );
  });
}
