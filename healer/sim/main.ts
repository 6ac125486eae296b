/** `node healer/sim/main.ts --seed N --runs M`: M runs from seed N on, until the first that shows something wrong. */
import { parseArgs } from "node:util";
import { incidents } from "./incidents.ts";
import { type RunResult, run } from "./run.ts";
import { drawScenario } from "./scenario.ts";
import { runSegment } from "./segments/segmentRun.ts";
import { drawSegment } from "./segments/segmentScenario.ts";
import { shrink } from "./shrink.ts";
import { runSite } from "./sites/siteRun.ts";
import { drawSite } from "./sites/siteScenario.ts";
import { transcribe } from "./transcript.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "2000" },
    show: { type: "boolean", default: false },
  },
});
const first = Number(values.seed);
const runs = Number(values.runs);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(runs) || runs < 1) {
  throw new Error("usage: node healer/sim/main.ts --seed N --runs M [--show]");
}
process.exitCode = simulate();

function simulate(): number {
  for (const { name, scenario } of incidents) {
    const { violation } = run(scenario);
    if (violation === undefined) continue;
    console.log(`incident ${name} failed: ${violation.message}\n\n${transcribe(scenario)}`);
    return 1;
  }
  let simulatedMs = 0;
  let events = 0;
  for (let done = 0; done < runs; done++) {
    const scenario = drawScenario(first + done);
    const result = run(scenario);
    simulatedMs += result.tookMs;
    events += result.events;
    if (values.show) console.log(transcribe(scenario));
    if (result.violation !== undefined) {
      console.log(`seed ${scenario.seed} failed: ${result.violation.message}\n`);
      console.log(transcribe(shrink(scenario, result.violation.invariant)));
      return 1;
    }
    const site = drawSite(first + done);
    const wires = drawSegment(first + done);
    if (!passes("a site", site, runSite(site)) || !passes("a network", wires, runSegment(wires))) return 1;
    if ((done + 1) % 5_000 === 0) console.log(`${done + 1} runs`);
  }
  // Time of the processor, so that what else runs on this machine does not count.
  const tookS = process.cpuUsage().user / 1e6;
  const rate = `${Math.round(runs / tookS)} runs per second of a processor, ${Math.round(events / tookS / 1000)}k events`;
  console.log(
    `${runs} runs from seed ${first} passed: ${Math.round(simulatedMs / 3_600_000)} simulated hours, ${rate}`,
  );
  return 0;
}

function passes(
  what: string,
  scenario: { readonly seed: number },
  { violation }: Pick<RunResult, "violation">,
): boolean {
  if (violation === undefined) return true;
  console.log(
    `seed ${scenario.seed} of ${what} failed: ${violation.message}\n\n${JSON.stringify(scenario, undefined, 2)}`,
  );
  return false;
}
