/** Whether the service's address is where it should be: with one of the site's balancers, and with nobody else. */
import { standsBack } from "./diagnose.ts";
import { isFresh } from "./facts.ts";
import type { Limits } from "./limits.ts";
import { isIsolated, type PlannedSite } from "./otherHost.ts";
import { slotsOf } from "./slotsOf.ts";
import type { State } from "./state.ts";

/** What is wrong with these holders, by their hardware addresses, in one sentence; undefined if nothing is. */
export function addressTrouble(macs: readonly string[], { balancers }: PlannedSite): string | undefined {
  if (macs.length === 0) return "nobody has the service's address";
  const strangers = balancers === undefined ? [] : macs.filter((mac) => !(mac in balancers));
  if (strangers.length > 0) {
    const are = strangers.length === 1 ? "is no balancer" : "are no balancers";
    return `the service's address is taken by a foreign device: ${strangers.join(", ")} ${are} of this site, and nothing here is fenced for it`;
  }
  if (macs.length === 1) return undefined;
  return `the service's address has ${macs.length} holders: ${macs.map((mac) => balancers?.[mac] ?? mac).join(", ")}`;
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
