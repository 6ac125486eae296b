/**
 * The long counts behind the published figures: a lab of its own, all stacks, twenty previews of either kind on each
 * host, every fault as often as its promise was made for, then the repairs under healers, and the simulator. Takes some
 * hours. Writes bench/results/CASE.json; exits with 1 if a claim is not met.
 */
import { join } from "node:path";
import { readSite } from "../host/readSite.ts";
import { run, runInTerminal } from "../host/run.ts";
import { faultCases, stressCases, wishCases } from "./cases/allCases.ts";

const lab = "soak";
const previews = 20;
const defaultRuns = 10;
/** As the promises say; what is not named here runs `defaultRuns` times. */
const runs: Readonly<Record<string, number>> = { "worker-vm": 20, scale: 3, "vip-move": 30 };
/** Traffic is to be the same whether healers run or not. */
const besideHealers = ["holder-vm", "worker-vm"];
/** As many busy connections as two cores carry that also emulate six machines. Raise it on a machine with KVM. */
const users = process.env.VIGIL_BENCH_USERS ?? "12";

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
  for (const { name } of faultCases) {
    const load = name.startsWith("holder-") ? [] : ["--users", users];
    const measure = ["acceptance.ts", name, "--runs", String(runs[name] ?? defaultRuns), ...load] as const;
    await bench(...measure);
    if (besideHealers.includes(name)) await bench(...measure, "--healers", "running");
  }
  for (const { name } of wishCases) await bench("acceptance.ts", name, "--runs", String(runs[name] ?? defaultRuns));
  await bench("repair.ts", "--runs", "10");
  await bench("rebuildHolder.ts", "--runs", "30");
  for (const name of ["watching-20", "watching-2000"]) await note(["bench/watching.ts", name]);
  for (const { name } of stressCases) await bench("acceptance.ts", name, "--runs", "1");
  await note(["--test", "--test-reporter=spec", "test/soak/killedRepairs.soak.ts"]);
  await note(["healer/sim/main.ts", "--seed", "1", "--runs", "100000"]);
} finally {
  await vigil("lab", "down", "--force");
}
process.exitCode = exitCode;

function bench(script: string, ...args: string[]): Promise<void> {
  return note([`bench/${script}`, ...args, "--lab", lab]);
}

/** Runs one part to its end; one that fails does not keep the others from being run. */
async function note(args: readonly string[]): Promise<void> {
  if ((await runInTerminal([process.execPath, ...args])) !== 0) exitCode = 1;
}

async function vigil(...args: string[]): Promise<void> {
  const code = await runInTerminal(["cli/vigil", ...args, "--lab", lab]);
  if (code !== 0) throw new Error(`vigil ${args.join(" ")} exited with ${code}`);
}
