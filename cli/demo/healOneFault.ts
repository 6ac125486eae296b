import { type Fault, type FaultName, faults } from "../../lab/faults.ts";
import type { Lab } from "../../lab/lab.ts";
import { hostNamed } from "../../lab/owner.ts";
import { askOnAndOn } from "./askOnAndOn.ts";
import { followJournal, type Noted } from "./followJournal.ts";

export interface Healed {
  readonly what: string;
  /** The cause that the healer named, as a person reads it. */
  readonly cause: string | undefined;
  /** From the fault, each; undefined if it did not come to that. */
  readonly namedMs: number | undefined;
  readonly repairedMs: number | undefined;
  readonly drift: string | undefined;
  readonly asked: number;
  readonly lost: number;
  readonly slow: number;
}

const timeoutMs = 300_000;
const slowMs = 1_000;

/** Breaks one machine under the eyes of its host's healer, tells what that writes, and counts what a user lost meanwhile. */
export async function healOneFault(
  lab: Lab,
  url: string,
  { host, slot, name }: { host: string; slot: string; name: FaultName },
  say: (line: string) => void,
): Promise<Healed> {
  const asking = askOnAndOn(lab, url, say);
  try {
    const labHost = await hostNamed(lab, host);
    const fault: Fault = faults[name];
    let namedMs: number | undefined;
    let repairedMs: number | undefined;
    let cause: string | undefined;
    let drift: string | undefined;
    const startMs = performance.now();
    const sinceMs = () => performance.now() - startMs;
    const following = followJournal(lab, host, timeoutMs, (noted) => {
      tell(noted, say);
      if (noted.slot === slot && noted.status === "red") {
        namedMs ??= sinceMs();
        cause ??= noted.sentence?.split(":")[0];
      }
      if (noted.slot === slot && noted.status === "green" && namedMs !== undefined) repairedMs = sinceMs();
      if (noted.kind === "drift") drift = noted.sentence;
      return repairedMs !== undefined && noted.kind === "drift";
    });
    say(`${host}/${slot}: ${fault.what.split(";")[0]}`);
    await fault.break(lab, labHost, slot);
    await following;
    const during = asking.asked.filter(({ endMs }) => endMs >= startMs);
    return {
      what: `${name} ${host}/${slot}`,
      cause,
      namedMs,
      repairedMs,
      drift,
      asked: during.length,
      lost: during.filter(({ ok }) => !ok).length,
      slow: during.filter(({ ok, tookMs }) => ok && tookMs > slowMs).length,
    };
  } finally {
    await asking.stop();
  }
}

/** Of the journal, what a person wants to read as it happens. */
function tell({ host, kind, slot, status, sentence }: Noted, say: (line: string) => void): void {
  if (kind === "status") say(`${host}: ${slot} is ${status}: ${sentence}`);
  if (kind === "drift" || kind === "page") say(`${host}: ${sentence}`);
}
