/** For tests: a result with these runs of each pair. */
import type { HostFacts } from "../machineFacts.ts";
import { reportOf } from "../report.ts";
import type { StoredReport } from "./readReports.ts";

export const machine = {
  accelerator: "tcg" as const,
  cores: 2,
  loadAverage: 1,
  processor: "one",
  memoryGib: 24,
  kernel: "6",
  node: "v24",
  commit: "abc",
  work: { beforeMs: 50 },
};

export function reportWith(
  figures: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>,
): StoredReport {
  const runs = Object.entries(figures).flatMap(([pair, all]) =>
    all.map((one, index) => ({ pair, index, figures: one })),
  );
  const { summaries } = reportOf("loss", new Date(0), machine satisfies HostFacts, runs, []);
  return {
    case: "loss",
    startedAt: new Date(0).toISOString(),
    machine,
    summaries: { ...summaries },
    checks: [],
    runs: [...runs],
  };
}
