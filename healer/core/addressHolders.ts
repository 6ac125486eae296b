/** Whether the service's address is where it should be: with one of the site's balancers, and with nobody else. */
import type { PlannedSite } from "./otherHost.ts";

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
