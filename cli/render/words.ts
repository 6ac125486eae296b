import type { Status } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";

/** What a terminal has at least. */
export const terminalColumns = 80;

/** Within a day the hour says enough. */
const dayMs = 24 * 60 * 60_000;

/** `14:02:11 UTC (31 s)`, with the date if it is not of today or the night before. */
export function sinceWhen(iso: string, forMs: number): string {
  const stamp = forMs < dayMs / 2 ? clockTime(iso) : stampOf(iso);
  return `${stamp} UTC (${spellDuration(forMs)})`;
}

/** `2026-11-21 14:02:11`, in UTC like the journal. */
export function stampOf(iso: string): string {
  return `${iso.slice(0, 10)} ${clockTime(iso)}`;
}

/** `paused until 2026-11-21 15:02:11 UTC by anna`. */
export function pausedUntil({ until, by = "somebody" }: NonNullable<Status["paused"]>): string {
  return `paused until ${stampOf(until)} UTC by ${by}`;
}

/** `drained by anna since 2026-11-21 15:02:11 UTC: its requests are being finished`. */
export function drainedBy({ by, since, done, problem }: NonNullable<Status["slots"][number]["drained"]>): string {
  const how = done ? "no request is under way there" : (problem ?? "its requests are being finished");
  return `drained by ${by} since ${stampOf(since)} UTC: ${how}`;
}

function clockTime(iso: string): string {
  return iso.slice(11, 19);
}

/** Cuts a line to the width of a terminal; whatever is cut stands in full further down. */
export function fit(line: string): string {
  return line.length <= terminalColumns ? line : `${line.slice(0, terminalColumns - 1).trimEnd()}…`;
}
