export interface LifecycleEvent {
  readonly domain: string;
  /** `Started`, `Stopped` and so on. */
  readonly event: string;
  /** `Booted`, `Failed`, `Finished after host request`. */
  readonly detail: string;
}

const pattern = /event 'lifecycle' for domain '([^']+)': (\S+) ?(.*)$/;

/** A line of `virsh event --all --loop --timestamp`; undefined if it is about anything else than a domain's life. */
export function lifecycleEventIn(line: string): LifecycleEvent | undefined {
  const [, domain, event, detail] = pattern.exec(line) ?? [];
  if (domain === undefined || event === undefined) return undefined;
  return { domain, event, detail: (detail ?? "").trim() };
}

/** The domain that was reset, by its own kernel or from outside, if a line says so. */
export function rebootedIn(line: string): string | undefined {
  return /event 'reboot' for domain '([^']+)'$/.exec(line)?.[1];
}
