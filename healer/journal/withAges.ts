/** What a journal says of the clock that it is dated by. */
export type ClockEntry =
  /** A process goes on writing. `boot`: the kernel's name for this run of the host; a clock may be another after each. */
  | { readonly kind: "opened"; readonly boot: string }
  /** The clock was set before this entry was written: forward by so much, back if negative. */
  | { readonly kind: "clockSet"; readonly byMs: number };

export interface Written<Entry> {
  /** By the wall clock of then. */
  readonly atMs: number;
  readonly entry: Entry | ClockEntry;
}

export interface Aged<Entry> {
  readonly agoMs: number;
  readonly entry: Entry;
}

/**
 * How long ago each entry was written, though the clock was set meanwhile. `written`: in the order in which they were.
 *
 * What its writer saw is added to what it wrote before. Of what nobody saw the order tells as much: no entry is younger than
 * a later one, and none is of the future. In doubt an entry is taken for younger than it is, so that no budget is spent twice:
 * what was written by another process or before another boot was not seen being dated wrongly. A clock that was set forward
 * while nobody wrote looks like time that has passed.
 */
export function withAges<Entry extends { readonly kind: string }>(
  written: readonly Written<Entry>[],
  nowMs: number,
): Aged<Entry>[] {
  const boots = bootsOf(written.map(({ entry }) => entry));
  let laterMs = nowMs;
  let setByMs = 0;
  const aged: Aged<Entry>[] = [];
  for (const [index, { atMs, entry }] of [...written.entries()].reverse()) {
    setByMs -= Math.max(0, atMs + setByMs - laterMs);
    laterMs = atMs + setByMs;
    if (isClockSet(entry)) setByMs += entry.byMs;
    else if (isOpened(entry)) setByMs = (boots[index - 1] ?? entry.boot) === entry.boot ? Math.max(0, setByMs) : 0;
    else aged.push({ agoMs: nowMs - laterMs, entry });
  }
  return aged.reverse();
}

/** During which boot each was written; undefined before the first that is known, which may have been the same. */
function bootsOf(entries: readonly { readonly kind: string }[]): (string | undefined)[] {
  let boot: string | undefined;
  return entries.map((entry) => {
    if (isOpened(entry)) boot = entry.boot;
    return boot;
  });
}

function isOpened(entry: { readonly kind: string }): entry is Extract<ClockEntry, { readonly kind: "opened" }> {
  return entry.kind === "opened" && "boot" in entry && typeof entry.boot === "string";
}

function isClockSet(entry: { readonly kind: string }): entry is Extract<ClockEntry, { readonly kind: "clockSet" }> {
  return entry.kind === "clockSet" && "byMs" in entry && typeof entry.byMs === "number";
}
