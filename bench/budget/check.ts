/** `make bench-check`: whether the committed results keep the promises. Exits with 1, and says what to do, if they do not. */
import { printTable } from "../../cli/output.ts";
import { budgets } from "../promises/budgets.ts";
import { judgePromises, problemsOf, sentenceOf } from "./judgePromises.ts";
import { readReports, resultsDir } from "./readReports.ts";

const reports = await readReports(resultsDir);
const judged = judgePromises(budgets, reports);
printTable(
  ["result", "promise", "found", "verdict"],
  judged.map(({ promised, found, verdict }) => {
    const known = promised.knownMiss === undefined ? "" : ", known";
    return [promised.result, sentenceOf(promised), found?.text ?? "-", `${verdict}${known}`];
  }),
);
const misses = judged.filter(({ verdict }) => verdict !== "met");
process.stdout.write(`\n${judged.length - misses.length} of ${judged.length} promises are met.\n`);
for (const problem of problemsOf(judged, reports)) {
  process.stderr.write(`bench-check: ${problem}\n`);
  process.exitCode = 1;
}
