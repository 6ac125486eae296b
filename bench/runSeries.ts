import { printTable } from "../cli/output.ts";
import { checkout } from "../cli/place.ts";
import { runInTerminal } from "../host/run.ts";
import type { Part } from "./series.ts";

interface Done {
  readonly name: string;
  readonly code: number;
  readonly tookMs: number;
}

/** Runs each part to its end, and the others whatever becomes of it. Resolves to whether all of them exited with 0. */
export async function runSeries(parts: readonly Part[]): Promise<boolean> {
  const done: Done[] = [];
  for (const [index, { name, argv }] of parts.entries()) {
    process.stderr.write(`\n${index + 1}/${parts.length} ${name}: ${argv.join(" ")}\n`);
    const startMs = performance.now();
    const code = await runInTerminal(argv, { cwd: checkout });
    done.push({ name, code, tookMs: performance.now() - startMs });
  }
  process.stdout.write("\n");
  printTable(
    ["part", "result", "took"],
    done.map(({ name, code, tookMs }) => [name, resultOf(code), `${(tookMs / 60_000).toFixed(1)} min`]),
  );
  return done.every(({ code }) => code === 0);
}

export function announce(parts: readonly Part[]): string {
  const minutes = parts.reduce((sum, part) => sum + part.minutes, 0);
  const time = `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${parts.length} parts, about ${time} with emulated guests on two cores, less with KVM.`;
}

function resultOf(code: number): string {
  return code === 0 ? "every claim is met" : `exit code ${code}: see above`;
}
