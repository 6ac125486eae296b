/**
 * Plants one mistake after the other in a copy of what decides, and reports which seed of the simulator or which unit test
 * finds it. `node test/mutants/run.ts [--runs N] [NAME]`; ends with 1 if fewer than 95 % are found.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Mutant, mutants } from "./mutants.ts";

const root = resolve(import.meta.dirname, "../..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "300" }, unit: { type: "boolean", default: true } },
  allowNegative: true,
});
/** The core, the agent's part in who holds the address, and what leads both. */
const parts = ["healer/core", "healer/journal", "healer/sim", "guest/agent"];
/** A mistake that makes a run endless is found, too; what finds nothing has to be well below. */
const longestMs = 300_000;
const untouched: Mutant = { name: "nothing", file: "healer/core/step.ts", find: "", replace: "", breaks: "" };
// Within a test run node would take the copy's tests for its own and pass them over.
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

process.exitCode = main();

function main(): number {
  const chosen = mutants.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const alarm = inCopy(untouched, findMistake);
  if (alarm !== undefined) throw new Error(`without any mistake something is found: ${alarm}`);
  const survivors: Mutant[] = [];
  for (const mutant of chosen) {
    const finder = inCopy(mutant, findMistake);
    console.log(`${finder === undefined ? "SURVIVED" : "found   "}  ${mutant.name}: ${finder ?? mutant.breaks}`);
    if (finder === undefined) survivors.push(mutant);
  }
  const found = chosen.length - survivors.length;
  console.log(`${found} of ${chosen.length} found (${((100 * found) / chosen.length).toFixed(1)} %)`);
  return found / chosen.length >= 0.95 ? 0 : 1;
}

function inCopy(mutant: Mutant, find: (folder: string) => string | undefined): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "vigil-mutant-"));
  try {
    for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const path = join(folder, mutant.file);
    const text = readFileSync(path, "utf8");
    if (!text.includes(mutant.find)) throw new Error(`${mutant.name}: ${mutant.file} no longer says ${mutant.find}`);
    writeFileSync(
      path,
      text.replace(mutant.find, () => mutant.replace),
    );
    return find(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The simulator goes first: what only a unit test finds shows where an invariant is missing. */
function findMistake(folder: string): string | undefined {
  const simulated = node(folder, ["healer/sim/main.ts", "--seed", "1", "--runs", values.runs]);
  if (simulated.status !== 0) {
    return (
      /(seed|incident) .* failed: [^\n]*/.exec(simulated.stdout)?.[0].slice(0, 160) ?? "the simulator does not end"
    );
  }
  if (!values.unit) return undefined;
  const tested = node(folder, [
    "--test",
    "--test-reporter=tap",
    "healer/core/*.test.ts",
    "healer/journal/withAges.test.ts",
    "guest/agent/isolationWatch.test.ts",
  ]);
  if (tested.status === 0) return undefined;
  return `unit test: ${/^not ok \d+ - (.*)$/m.exec(tested.stdout)?.[1] ?? "does not end"}`;
}

function node(cwd: string, args: readonly string[]) {
  return spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    timeout: longestMs,
    env,
  });
}
