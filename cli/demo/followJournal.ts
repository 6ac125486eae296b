import { setTimeout as sleep } from "node:timers/promises";
import { readJournal } from "../../healer/journal/readJournal.ts";
import { journalOf } from "../../lab/healers.ts";
import type { Lab } from "../../lab/lab.ts";

/** What the healer of a host has written, and on which host. */
export interface Noted {
  readonly host: string;
  readonly seq: number;
  readonly kind: string;
  readonly slot?: string;
  readonly status?: string;
  readonly cause?: string;
  readonly sentence?: string;
  readonly clean?: boolean;
  readonly generation?: number;
}

const pollMs = 100;

/** Hands on every entry that a host's journal gets from now on, until `isOver` says so of one, or the time is over. */
export async function followJournal(
  lab: Lab,
  host: string,
  timeoutMs: number,
  isOver: (noted: Noted) => boolean,
): Promise<Noted[]> {
  const path = await journalOf(lab, host);
  const seen = (await readJournal(path)).entries.at(-1)?.seq ?? 0;
  const deadlineMs = performance.now() + timeoutMs;
  const all: Noted[] = [];
  let last = seen;
  for (;;) {
    const fresh = (await readJournal(path)).entries.filter(({ seq }) => seq > last);
    for (const entry of fresh) {
      const noted = { host, ...entry } as unknown as Noted;
      last = entry.seq;
      all.push(noted);
      if (isOver(noted)) return all;
    }
    if (performance.now() > deadlineMs) return all;
    await sleep(pollMs);
  }
}
