import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { matchesGolden } from "../../healer/sim/golden.ts";
import { faultCases, hostCases, methodCases, stressCases, wishCases } from "../cases/allCases.ts";
import { resultNameOf } from "../measureCase.ts";
import { budgets } from "../promises/budgets.ts";
import { seriesIn } from "../series.ts";
import { budgetChart } from "./budgetChart.ts";
import { failureBudget, guestsOf } from "./failureBudget.ts";
import { judgePromises, problemsOf } from "./judgePromises.ts";
import { readReports, resultsDir } from "./readReports.ts";
import { stressResults } from "./timesSections.ts";

const reports = await readReports(resultsDir);
const docs = join(import.meta.dirname, "../../docs");

test("docs/failure-budget.md says what promises and results say; `npm run budget` writes it anew", () => {
  matchesGolden(join(docs, "failure-budget.md"), failureBudget(budgets, reports));
});

test("docs/failure-budget.svg shows the results; `npm run budget` writes it anew", async () => {
  matchesGolden(join(docs, "failure-budget.svg"), await budgetChart(reports, guestsOf(reports)));
});

test("the committed results keep every promise, but for the misses that are named", () => {
  assert.deepEqual(problemsOf(judgePromises(budgets, reports), reports), []);
});

const cases = [...faultCases, ...hostCases, ...stressCases, ...wishCases, ...methodCases];
const promised = new Set(budgets.flatMap(({ promises }) => promises.map(({ result }) => result)));

test("everything that is measured has a promise", () => {
  const measured = cases.map(({ name }) => name);
  assert.deepEqual(
    measured.filter((name) => !promised.has(name)),
    [],
  );
});

test("every stress is in the table of needless repairs", () => {
  assert.deepEqual(
    stressResults,
    stressCases.map(({ name }) => name),
  );
});

test("what `make bench` measures under healers as well has a promise of its own", () => {
  const healed = seriesIn("bench").filter(({ argv }) => argv.includes("--healers"));
  const results = healed.flatMap(({ argv }) => {
    const one = cases.find(({ name }) => name === argv[argv.indexOf("--fault") + 1]);
    return one === undefined ? [] : [resultNameOf(one, { baseline: "tuned", healers: "running" })];
  });
  assert.equal(results.length, healed.length);
  assert.deepEqual(
    results.filter((name) => !promised.has(name)),
    [],
  );
});
