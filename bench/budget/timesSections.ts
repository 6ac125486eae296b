/** The parts of the failure budget that promise nothing, and say where the time goes. */
import { limitsFor } from "../../healer/core/limits.ts";
import { medianWaterfall } from "../repairs/figures.ts";
import { type Step, steps } from "../repairs/waterfall.ts";
import { timerFactors } from "../silences.ts";
import { count, quantity, sumsOf, total } from "./findFigure.ts";
import { markdownTable } from "./markdownTable.ts";
import type { Reports, StoredReport } from "./readReports.ts";

const repairResults = ["repair", "repair-balancer"];

/** Of every result in which the holder was read from the wire. */
export function addressSection(reports: Reports, guests: string): string[] {
  const rows = [...reports].flatMap(([name, report]) => {
    const pairs = Object.entries(report.summaries).filter(([, figures]) => "twoHoldersMs" in figures);
    return pairs.map(([pair]) => {
      const time = (figure: string, of: "median" | "max") => timeOf(report, pair, figure, of);
      return [
        `\`${name}\``,
        pair,
        time("claimMs", "median"),
        time("claimMs", "max"),
        time("noHolderMs", "max"),
        time("twoHoldersMs", "max"),
        time("outageMs", "max"),
        String(sumsOf(report, pair, ["twoHoldersMs"]).length),
      ];
    });
  });
  const head = [
    "result",
    "pair",
    "claimed by another one after, in the median",
    "at most",
    "nobody advertised it for at most",
    "two had it where users are, for at most",
    "no answer for at most",
    "runs",
  ];
  return [
    `## Who has the address, and when another one takes it (${guests})`,
    "",
    "Read from the frames at the switch, but for the last time, which is a client's: it asks 20 times a second in `holder-nginx` and `holder-vm`, 10 times where the holder stands still, and 4 times where hosts are hit, so that up to half a second of it is how it was measured. From the fault until another balancer claims the address is how long it takes to notice; runs in which nobody did are left out of it. Behind a cut cable the machines there have a holder of their own until it stands back, which is not counted: it is none where users are. `-`: not recorded.",
    "",
    ...markdownTable(head, rows),
    "",
  ];
}

export function repairSection(reports: Reports, guests: string): string[] {
  return [
    `## Where the time of a repair goes (${guests})`,
    "",
    "All methods make the same machine from the same image, in turn; medians. `virsh` and `tofu` are told of the death at once, `by-hand-reconstructed` looks for it as such scripts do.",
    "",
    ...repairResults.flatMap((name) => repairTables(name, reports.get(name))),
  ];
}

function repairTables(name: string, report: StoredReport | undefined): string[] {
  if (report === undefined) return [`- \`${name}\`: not measured.`, ""];
  const methods = Object.keys(report.summaries).map((method) => [
    method,
    ...["detectMs", "actMs", "bootMs", "awayMs"].map((figure) => timeOf(report, method, figure, "median")),
    String(sumsOf(report, method, ["awayMs"]).length),
  ]);
  const waterfall = medianWaterfall(report.runs, "vigil");
  const parts = (Object.entries(waterfall) as [Step, number][]).map(([step, ms]) => [
    step,
    steps[step],
    quantity(ms, "Ms"),
  ]);
  return [
    ...markdownTable(
      [`\`${name}\` by`, "noticed after", "then until QEMU runs", "then until it answers", "away in all", "runs"],
      methods,
    ),
    "",
    ...markdownTable(["step of vigil's", "what it is", "takes"], parts),
    "",
  ];
}

function timeOf(report: StoredReport, pair: string, figure: string, of: "median" | "max"): string {
  const summary = report.summaries[pair]?.[figure];
  return summary === undefined ? "-" : quantity(summary[of], figure);
}

export const stressResults = ["cores-busy", "cores-crowded", "memory-tight", "disk-stalls", "frames-lost", "overload"];

/** What timers alone would have done while nothing was broken, beside what the healers did. */
export function stressSection(reports: Reports, guests: string): string[] {
  const { resetAfterMs } = limitsFor.tcg;
  const rows = stressResults.flatMap((name) => {
    const report = reports.get(name);
    if (report === undefined) return [[`\`${name}\``, ...Array.from({ length: 7 }, () => "not measured")]];
    return Object.keys(report.summaries).map((pair) => {
      const sum = (figure: string) => {
        const values = sumsOf(report, pair, [figure]);
        return values.length === 0 ? "-" : count(total(values));
      };
      const figures = ["beats", "silencesHalf", "silencesOnce", "silencesTwice", "doubts", "reds", "repairs"];
      return [`\`${name}\`${pair === "vigil" ? "" : `, ${pair}`}`, ...figures.map(sum)];
    });
  });
  const timers = timerFactors.map((factor) => `silent for over ${quantity(factor * resetAfterMs, "Ms")}`);
  return [
    `## Needless repairs under stress (${guests})`,
    "",
    `Nothing was broken. A healer that goes by silence alone resets a machine each time that it is silent for longer than its timer, and a machine that hangs is away for that long before anybody acts: three settings, counted on the same heartbeats. vigil's is ${quantity(resetAfterMs, "Ms")}, and silence alone is not enough for it: whether the machine's kernel answers, and whether its processors wait for the host's, counts as well.`,
    "",
    ...markdownTable(["result", "heartbeats", ...timers, "called yellow", "called red", "repaired"], rows),
    "",
  ];
}
