const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A duration as a person says it, in its greatest unit: `0.8 s`, `31 s`, `12 min`, `5 h`, `3 d`. */
export function spellDuration(ms: number): string {
  if (ms < 10 * second - 50) return `${(Math.max(0, ms) / second).toFixed(1)} s`;
  if (ms < 2 * minute) return `${Math.round(ms / second)} s`;
  if (ms < 2 * hour) return `${Math.round(ms / minute)} min`;
  if (ms < 2 * day) return `${Math.round(ms / hour)} h`;
  return `${Math.round(ms / day)} d`;
}
