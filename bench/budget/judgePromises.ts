/** Promises beside the results: which are kept, which are not, and which of those are known. */
import type { Budget, Measure, Promised } from "../promises/promise.ts";
import { count, describeFigure, type Found, findFigure, percent, quantity } from "./findFigure.ts";
import type { Reports, StoredReport } from "./readReports.ts";

export interface Judged {
  readonly title: string;
  readonly promised: Promised;
  readonly verdict: "met" | "not met" | "not measured";
  /** Undefined if it was not measured. */
  readonly found: Found | undefined;
  /** What the same measure is with each other pair of the same fault. */
  readonly peers: readonly { readonly pair: string; readonly text: string }[];
}

/** The product's balancers, or its healer among methods. */
const ours = "vigil";

export function judgePromises(budgets: readonly Budget[], reports: Reports): Judged[] {
  return budgets.flatMap(({ title, promises }) => promises.map((promised) => judgeOne(title, promised, reports)));
}

function judgeOne(title: string, promised: Promised, reports: Reports): Judged {
  const { result, measure, atMost } = promised;
  const report = reports.get(result);
  const found = report && findFigure(report, ours, measure);
  const verdict = found === undefined ? "not measured" : found.value <= atMost ? "met" : "not met";
  return { title, promised, verdict, found, peers: peersOf(reports, result, measure) };
}

/** The plain pair of the defaults takes turns in a series of its own, with a result of its own. */
export function reportsOf(reports: Reports, result: string): StoredReport[] {
  return [reports.get(result), reports.get(`${result}.defaults`)].filter((report) => report !== undefined);
}

function peersOf(reports: Reports, result: string, measure: Measure): Judged["peers"] {
  return reportsOf(reports, result).flatMap((report) =>
    Object.keys(report.summaries).flatMap((other) => {
      const text = other === ours ? undefined : describeFigure(report, other, measure);
      return text === undefined ? [] : [{ pair: other, text }];
    }),
  );
}

/** What keeps `make bench-check` from passing, each with what to do; none if all is as the promises say. */
export function problemsOf(judged: readonly Judged[], reports: Reports): string[] {
  const accelerators = new Set([...reports.values()].flatMap(({ machine }) => machine.accelerator ?? []));
  const mixed =
    accelerators.size > 1
      ? [
          "bench/results: some were measured with KVM and some with TCG. Measure all of them on one machine: `make bench`.",
        ]
      : [];
  return [...mixed, ...judged.flatMap((one) => problemOf(one) ?? [])];
}

function problemOf({ promised, verdict, found }: Judged): string | undefined {
  const { knownMiss, result, measure } = promised;
  const place = `bench/results/${result}.json: ${sentenceOf(promised)}`;
  if (found === undefined) {
    if (knownMiss !== undefined && "notYet" in knownMiss) return undefined;
    return `${place}: there is no such file, or the figure is not in it. Measure it: \`make bench\`.`;
  }
  if (verdict === "met") {
    if (knownMiss === undefined) return undefined;
    return `${place}: it is met now (${found.text}). Remove its knownMiss from bench/promises/.`;
  }
  if (knownMiss === undefined || "notYet" in knownMiss)
    return `${place}: found ${found.text}. Mend what broke it, or say why it is so under knownMiss in bench/promises/.`;
  if (found.value <= knownMiss.missAtMost) return undefined;
  return `${place}: found ${found.text}, and the known miss is ${amount(measure, knownMiss.missAtMost)} at most. Mend what made it worse, or say under knownMiss in bench/promises/ why it is.`;
}

/** Why a promise is not kept, and how far that goes. */
export function reasonOf({ knownMiss, measure }: Promised): string | undefined {
  if (knownMiss === undefined) return undefined;
  if ("notYet" in knownMiss) return knownMiss.notYet;
  return `${knownMiss.why}; beyond ${amount(measure, knownMiss.missAtMost)} the check fails`;
}

export const abouts = {
  fails: "fails",
  waits: "waits over 1 s",
  outage: "no answer",
  repair: "repair",
  update: "update",
  never: "never",
} as const;

export function sentenceOf(promised: Promised): string {
  const limit = promised.about === "never" ? "" : `, at most ${limitOf(promised)}`;
  return `${abouts[promised.about]}${limit}: ${promised.says}`;
}

export function limitOf({ measure, atMost }: Promised): string {
  return amount(measure, atMost);
}

function amount(measure: Measure, value: number): string {
  switch (measure.kind) {
    case "share":
      return value === 0 ? "0" : percent(value);
    case "worst":
      return value === 0 ? "0" : quantity(value, measure.figures[0] ?? "");
    case "ratio":
      return `${count(value)} x`;
  }
}
