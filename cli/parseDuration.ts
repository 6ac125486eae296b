import { InvalidArgumentError } from "commander";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Parses `90s`, `30m` or `1h`. A bare number is refused: it could be any of them. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) throw new InvalidArgumentError("Write it as 90s, 30m or 1h.");
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}
