/** `docs/failure-budget.svg`: what each fault costs, run by run, the product beside the plain pairs. */
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { sumsOf } from "./findFigure.ts";
import { reportsOf } from "./judgePromises.ts";
import type { Reports } from "./readReports.ts";

interface Row {
  readonly fault: string;
  readonly pair: string;
  readonly value: number;
}

interface Bar {
  readonly result: string;
  readonly figures: readonly string[];
}

const outages: readonly Bar[] = [
  { result: "holder-nginx", figures: ["outageMs"] },
  { result: "holder-vm", figures: ["outageMs"] },
  { result: "workers-frozen", figures: ["restoredMs"] },
  { result: "workers-cut", figures: ["restoredMs"] },
];

const failures: readonly Bar[] = [
  { result: "holder-nginx", figures: ["failed", "usersFailed"] },
  { result: "holder-vm", figures: ["failed", "usersFailed"] },
  { result: "worker-vm", figures: ["failedInFlight", "failedAfter"] },
  { result: "workers-frozen", figures: ["failed"] },
  { result: "workers-cut", figures: ["failed"] },
  { result: "slow-get", figures: ["slowFailed", "othersFailed"] },
  { result: "post-once", figures: ["failed"] },
];

/** In Okabe and Ito's colours, which people who see few colours tell apart; shapes say the same again. */
const pairs = [
  { name: "vigil", colour: "#0072B2", shape: "circle" },
  { name: "tuned", colour: "#D55E00", shape: "square" },
  { name: "defaults", colour: "#555555", shape: "triangle-up" },
];

/** For a page of 80 columns. */
const plotWidthPx = 480;
const rowHeightPx = 16;

export async function budgetChart(reports: Reports, guests: string): Promise<string> {
  const spec: TopLevelSpec = {
    background: "white",
    padding: 12,
    title: { text: `What one fault costs (${guests})`, anchor: "start", fontSize: 16, offset: 12 },
    vconcat: [
      panel("Time without an answer, or until all are answered again", "ms, on a square-root scale", outages, reports),
      panel("Failed requests", "requests in one fault", failures, reports),
    ],
    config: {
      font: "sans-serif",
      axis: {
        labelColor: "#222222",
        titleColor: "#222222",
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: "normal",
      },
      legend: { labelColor: "#222222", labelFontSize: 12, orient: "top", title: null },
      title: { color: "#222222", fontSize: 13 },
    },
  };
  return `${await new View(parse(compile(spec).spec), { renderer: "none" }).toSVG()}\n`;
}

function panel(title: string, axisTitle: string, bars: readonly Bar[], reports: Reports) {
  const names = pairs.map(({ name }) => name);
  return {
    title: { text: title, anchor: "start" as const },
    data: { values: bars.flatMap((bar) => rowsOf(bar, reports)) },
    width: plotWidthPx,
    height: { step: rowHeightPx, for: "offset" as const },
    encoding: {
      y: {
        field: "fault",
        type: "nominal" as const,
        sort: bars.map(({ result }) => result),
        axis: { title: null, grid: true, tickBand: "extent" as const },
      },
      yOffset: { field: "pair", sort: names, scale: { domain: names } },
      color: { field: "pair", sort: names, scale: { domain: names, range: pairs.map(({ colour }) => colour) } },
    },
    layer: [
      {
        mark: { type: "point" as const, filled: true, size: 36, opacity: 0.4 },
        encoding: {
          shape: { field: "pair", sort: names, scale: { domain: names, range: pairs.map(({ shape }) => shape) } },
          x: {
            field: "value",
            type: "quantitative" as const,
            title: axisTitle,
            scale: { type: axisTitle.startsWith("ms") ? ("sqrt" as const) : ("linear" as const) },
          },
        },
      },
      {
        mark: { type: "tick" as const, thickness: 2.5, size: rowHeightPx - 2 },
        encoding: { x: { aggregate: "median" as const, field: "value", type: "quantitative" as const } },
      },
    ],
  };
}

/** A run whose service never came back has no place on the scale; the tables say so. */
function rowsOf({ result, figures }: Bar, reports: Reports): Row[] {
  const [first, ...more] = reportsOf(reports, result);
  if (first === undefined) return [];
  const ours = pairsOf(first).flatMap((pair) => valuesOf(first, pair));
  // The product's runs beside the defaults are a series of their own: only the other pair of it is shown.
  const theirs = more.flatMap((report) =>
    pairsOf(report)
      .slice(1)
      .flatMap((pair) => valuesOf(report, pair)),
  );
  return [...ours, ...theirs];

  function valuesOf(report: typeof first & object, pair: string): Row[] {
    const finite = sumsOf(report, pair, figures).filter(Number.isFinite);
    return finite.map((value) => ({ fault: result, pair, value }));
  }
}

function pairsOf({ summaries }: { summaries: object }): string[] {
  return Object.keys(summaries);
}
