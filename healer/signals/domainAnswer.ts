import type { DomainFact } from "../core/facts.ts";
import { domainWordOf } from "./domainStates.ts";

/** States with their reasons in numbers, the clocks of the virtual processors, and the ids; all cover what does not run. */
export const domainQuestion: readonly string[] = ["domstats --state --vcpu", "list --all"];

export interface DomainAnswer {
  readonly fact: DomainFact;
  /**
   * For how long its virtual processors have been ready to run and had none of the host's, on average, since they were
   * made; undefined while it does not run, and where libvirt does not count it.
   */
  readonly waitedMs?: number;
}

interface Numbers {
  state?: number;
  reason?: number;
  readonly delaysNs: number[];
}

/** What virsh answers to `domainQuestion`, by the names of the domains. A domain that is not in it is unknown to libvirt. */
export function domainsIn(answer: string): ReadonlyMap<string, DomainAnswer> {
  const ids = new Map<string, number>();
  const numbers = new Map<string, Numbers>();
  let current: Numbers = { delaysNs: [] };
  for (const line of answer.split("\n")) {
    const name = /^Domain: '(.+)'/.exec(line)?.[1];
    if (name !== undefined) {
      current = { delaysNs: [] };
      numbers.set(name, current);
    }
    const [, key, value] = /^ {2}state\.(state|reason)=(\d+)/.exec(line) ?? [];
    if (key === "state" || key === "reason") current[key] = Number(value);
    const delayNs = /^ {2}vcpu\.\d+\.delay=(\d+)/.exec(line)?.[1];
    if (delayNs !== undefined) current.delaysNs.push(Number(delayNs));
    const [, id, listed] = /^ (\d+) +(\S+) /.exec(line) ?? [];
    if (listed !== undefined) ids.set(listed, Number(id));
  }
  const domains = new Map<string, DomainAnswer>();
  for (const [name, { state, reason = 0, delaysNs }] of numbers) {
    if (state === undefined) continue;
    const id = ids.get(name);
    const fact = { ...domainWordOf(state, reason), ...(id === undefined ? {} : { id }) };
    domains.set(name, { fact, ...(delaysNs.length === 0 ? {} : { waitedMs: averageMs(delaysNs) }) });
  }
  return domains;
}

function averageMs(timesNs: readonly number[]): number {
  return timesNs.reduce((sum, ns) => sum + ns, 0) / timesNs.length / 1e6;
}
