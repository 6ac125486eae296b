/**
 * `make bench`: a lab of its own, every part of the series, then the budget anew from all results. Takes hours, and says
 * how many first. Exits with 1 if a part fails or a promise is broken.
 */
import { checkout } from "../cli/place.ts";
import { runInTerminal } from "../host/run.ts";
import { announce, runSeries } from "./runSeries.ts";
import { seriesIn } from "./series.ts";

const lab = "bench";
const parts = seriesIn(lab);

process.stdout.write(`${announce(parts)}\n`);
let allMet = false;
try {
  await inCheckout("cli/vigil", "demo", "--no-faults", "--lab", lab);
  allMet = await runSeries(parts);
} finally {
  await inCheckout("cli/vigil", "lab", "down", "--force", "--lab", lab);
}
await inCheckout("npm", "run", "budget");
process.stdout.write("\n");
const kept = await runInTerminal([process.execPath, "bench/budget/check.ts"], { cwd: checkout });
if (!allMet || kept !== 0) process.exitCode = 1;

async function inCheckout(...argv: string[]): Promise<void> {
  const code = await runInTerminal(argv, { cwd: checkout });
  if (code !== 0) throw new Error(`\`${argv.join(" ")}\` exited with ${code}`);
}
