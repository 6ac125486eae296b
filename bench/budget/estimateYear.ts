/** What a year costs: what one fault costs, times how often it is assumed to happen, and what two at once cost. */
import type { YearlyFault } from "./assumptions.ts";
import { sumsOf, total } from "./findFigure.ts";
import type { Reports } from "./readReports.ts";

export interface Loss {
  readonly failed: number;
  readonly downMs: number;
}

export interface FaultYear {
  readonly title: string;
  readonly perYear: number;
  /** Of the pair. */
  readonly runs: number;
  /** By the mean of all runs; undefined if the pair was not measured. */
  readonly loss: Loss | undefined;
  /** As if each fault of the year cost as much as the worst run. */
  readonly worst: Loss | undefined;
}

export function faultYear({ title, perYear, cost }: YearlyFault, reports: Reports, pair: string): FaultYear {
  const report = reports.get(cost.result);
  const faults = report && cost.perRun !== undefined ? sumsOf(report, pair, [cost.perRun]) : undefined;
  const each = (figures: readonly string[]) =>
    report === undefined
      ? []
      : sumsOf(report, pair, figures).map((sum, run) => sum / (faults === undefined ? 1 : (faults[run] ?? 1)));
  const failed = each(cost.failed);
  const down = cost.outage === undefined ? failed.map(() => 0) : each([cost.outage]);
  if (failed.length === 0) return { title, perYear, runs: 0, loss: undefined, worst: undefined };
  return {
    title,
    perYear,
    runs: failed.length,
    loss: { failed: perYear * mean(failed), downMs: perYear * mean(down) },
    worst: { failed: perYear * Math.max(...failed), downMs: perYear * Math.max(...down) },
  };
}

function mean(values: readonly number[]): number {
  return total(values) / values.length;
}

export const yearMs = 365.25 * 24 * 3_600_000;

export interface Group {
  readonly machines: number;
  readonly deathsPerYear: number;
  /** How long a dead machine is away. */
  readonly awayMs: number;
}

/** The time of a year in which one of the groups has no machine left, if deaths have nothing to do with each other. */
export function allAwayMs(groups: readonly Group[]): number {
  const upShare = groups.reduce((share, group) => share * (1 - awayShare(group) ** group.machines), 1);
  return yearMs * (1 - upShare);
}

/** Of the time: away, over up and away. */
function awayShare({ deathsPerYear, awayMs }: Group): number {
  return awayMs / (awayMs + yearMs / deathsPerYear);
}

const steps = 10_000;

/** The same for the year after all were well, if nothing is ever repaired. */
export function neverRepairedMs(groups: readonly Omit<Group, "awayMs">[]): number {
  let downShare = 0;
  for (let step = 0; step < steps; step++) {
    const year = (step + 0.5) / steps;
    const upShare = groups.reduce(
      (share, { machines, deathsPerYear }) => share * (1 - (1 - Math.exp(-deathsPerYear * year)) ** machines),
      1,
    );
    downShare += (1 - upShare) / steps;
  }
  return yearMs * downShare;
}
