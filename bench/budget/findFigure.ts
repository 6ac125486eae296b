import type { Measure } from "../promises/promise.ts";
import { rateUpperBound, type Summary, summarize } from "../statistics.ts";
import type { StoredReport } from "./readReports.ts";

/** What the runs of one pair say about one measure. */
export interface Found {
  readonly value: number;
  readonly text: string;
  /** What may be true at most, or what further runs may do, with 95 % confidence. */
  readonly bound: string;
  /** Runs. */
  readonly runs: number;
}

/** Undefined if the pair has no run with all these figures. */
export function findFigure(report: StoredReport, pair: string, measure: Measure): Found | undefined {
  switch (measure.kind) {
    case "share":
      return findShare(report, pair, measure.hits, measure.of);
    case "worst":
      return findWorst(report, pair, measure.figures);
    case "ratio":
      return findRatio(report, pair, measure);
  }
}

/** The same for a pair that has no promise of its own: it is not compared with itself. */
export function describeFigure(report: StoredReport, pair: string, measure: Measure): string | undefined {
  if (measure.kind !== "ratio") return findFigure(report, pair, measure)?.text;
  const summary = summarize(sumsOf(report, pair, [measure.figure]));
  const place = measure.of === "max" ? "in the worst run" : "in the median";
  return summary && `${quantity(summary[measure.of], measure.figure)} ${place}`;
}

/** Of each run of a pair the sum of these figures; a run that lacks one of them is left out. */
export function sumsOf({ runs }: StoredReport, pair: string, figures: readonly string[]): number[] {
  return runs
    .filter((run) => run.pair === pair)
    .map((run) => figures.reduce((sum, name) => sum + (run.figures[name] ?? Number.NaN), 0))
    .filter((sum) => !Number.isNaN(sum));
}

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function findShare(report: StoredReport, pair: string, hitNames: readonly string[], of: string): Found | undefined {
  const [hits, all] = [sumsOf(report, pair, hitNames), sumsOf(report, pair, [of])];
  const [hit, sent] = [total(hits), total(all)];
  if (hits.length === 0 || hits.length !== all.length || sent === 0) return undefined;
  return {
    value: hit / sent,
    text: `${count(hit)} of ${count(sent)}${hit === 0 ? "" : ` (${percent(hit / sent)})`}`,
    bound: `below ${percent(rateUpperBound(hit, sent))}`,
    runs: hits.length,
  };
}

function findWorst(report: StoredReport, pair: string, figures: readonly string[]): Found | undefined {
  const summary = summarize(sumsOf(report, pair, figures));
  if (summary === undefined) return undefined;
  const { max, n, beyondMaxBound } = summary;
  return {
    value: max,
    text: `${quantity(max, figures[0] ?? "")} in the worst run`,
    bound: worseIn(n, beyondMaxBound),
    runs: n,
  };
}

function findRatio(report: StoredReport, pair: string, measure: Measure & { kind: "ratio" }): Found | undefined {
  const { figure, of, to } = measure;
  const ours = summarize(sumsOf(report, pair, [figure]));
  const theirs = summarize(sumsOf(report, to, [figure]));
  if (ours === undefined || theirs === undefined) return undefined;
  const value = ours[of] / theirs[of];
  return {
    value,
    text: `${value.toFixed(2)} x: ${quantity(ours[of], figure)} against ${quantity(theirs[of], figure)}`,
    bound: of === "median" ? boundRatio(ours, theirs) : worseIn(ours.n, ours.beyondMaxBound),
    runs: ours.n,
  };
}

/** Of fewer all that can be said with 95 % confidence is that not nearly every further run is worse. */
const tellingRuns = 3;

function worseIn(runs: number, beyondMaxBound: number): string {
  if (runs < tellingRuns) return "too few runs to tell";
  return `worse in less than ${percent(beyondMaxBound)} of further runs`;
}

/** From the bounds of either median, so it is wider than it would have to be. */
function boundRatio({ medianInterval: ours }: Summary, { medianInterval: theirs }: Summary): string {
  if (ours === undefined || theirs === undefined) return "too few runs for one";
  return `${(ours.low / theirs.high).toFixed(2)} to ${(ours.high / theirs.low).toFixed(2)} x`;
}

/** With the unit that ends the figure's name; a name without one is a count. */
export function quantity(value: number, figure: string): string {
  if (value === Number.POSITIVE_INFINITY) return "for ever";
  if (!figure.endsWith("Ms")) return count(value);
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(1)} s`;
}

export function count(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en-US") : value.toFixed(1);
}

export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
