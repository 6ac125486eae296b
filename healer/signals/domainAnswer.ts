import type { DomainFact } from "../core/facts.ts";
import { domainWordOf } from "./domainStates.ts";

/** States with their reasons in numbers, and the ids; both cover the domains that do not run. */
export const domainQuestion: readonly string[] = ["domstats --state", "list --all"];

/** What virsh answers to `domainQuestion`, by the names of the domains. A domain that is not in it is unknown to libvirt. */
export function domainsIn(answer: string): ReadonlyMap<string, DomainFact> {
  const ids = new Map<string, number>();
  const numbers = new Map<string, { state?: number; reason?: number }>();
  let current: { state?: number; reason?: number } = {};
  for (const line of answer.split("\n")) {
    const name = /^Domain: '(.+)'/.exec(line)?.[1];
    if (name !== undefined) {
      current = {};
      numbers.set(name, current);
    }
    const [, key, value] = /^ {2}state\.(state|reason)=(\d+)/.exec(line) ?? [];
    if (key === "state" || key === "reason") current[key] = Number(value);
    const [, id, listed] = /^ (\d+) +(\S+) /.exec(line) ?? [];
    if (listed !== undefined) ids.set(listed, Number(id));
  }
  const domains = new Map<string, DomainFact>();
  for (const [name, { state, reason = 0 }] of numbers) {
    if (state === undefined) continue;
    const id = ids.get(name);
    domains.set(name, { ...domainWordOf(state, reason), ...(id === undefined ? {} : { id }) });
  }
  return domains;
}
