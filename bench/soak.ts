/**
 * The long counts behind the published figures: a lab of its own, all stacks, twenty previews of either kind on each
 * host, the whole series of the bench, then repairs that are killed, a host that comes and goes, sites of three and four
 * hosts, planted mistakes, and the simulator. Takes some hours. Exits with 1 if a claim is not met.
 */
import { join } from "node:path";
import { readSite } from "../host/readSite.ts";
import { run, runInTerminal } from "../host/run.ts";
import { announce, runSeries } from "./runSeries.ts";
import { seriesIn } from "./series.ts";

const lab = "soak";
const previews = 20;
const parts = seriesIn(lab);

process.stdout.write(`${announce(parts)}\n`);
let exitCode = 0;
try {
  await vigil("demo", "--no-faults");
  for (const host of Object.keys((await readSite(join(import.meta.dirname, ".."))).hosts)) {
    for (const refresh of [["--refresh"], []]) {
      for (let round = 1; round <= previews; round++) {
        const preview = ["pulumi", "preview", ...refresh, "--expect-no-changes", "--suppress-outputs", "--stack", host];
        await run(["cli/vigil", "shell", "--lab", lab, host, "--", ...preview], { timeoutMs: 120_000 });
      }
    }
    process.stdout.write(`${host}: ${previews} previews with a refresh and ${previews} without showed no changes\n`);
  }
  if (!(await runSeries(parts))) exitCode = 1;
  await note(["--test", "--test-reporter=spec", "test/soak/killedRepairs.soak.ts"]);
  await note(["--test", "--test-reporter=spec", "test/soak/hostFlaps.soak.ts"]);
  await vigil("lab", "down", "--force");
  await note(["--test", "--test-reporter=spec", "test/soak/moreHosts.soak.ts"]);
  await note(["test/mutants/run.ts"]);
  await note(["healer/sim/main.ts", "--seed", "1", "--runs", "100000"]);
} finally {
  await vigil("lab", "down", "--force");
}
process.exitCode = exitCode;

/** Runs one part to its end; one that fails does not keep the others from being run. */
async function note(args: readonly string[]): Promise<void> {
  if ((await runInTerminal([process.execPath, ...args])) !== 0) exitCode = 1;
}

async function vigil(...args: string[]): Promise<void> {
  const code = await runInTerminal(["cli/vigil", ...args, "--lab", lab]);
  if (code !== 0) throw new Error(`vigil ${args.join(" ")} exited with ${code}`);
}
