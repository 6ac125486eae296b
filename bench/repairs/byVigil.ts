import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJournal } from "../../healer/journal/readJournal.ts";
import { allWell, journalOf, stopHealer } from "../../lab/healers.ts";
import type { Figures, Trial } from "../cases/case.ts";
import { previewOf } from "../previewOf.ts";
import { writeJson } from "../report.ts";
import { nowMs } from "../requestRecord.ts";
import { splitOf } from "./figures.ts";
import { killAndAwait } from "./killAndAwait.ts";
import type { Victim } from "./victim.ts";
import { type Waterfall, waterfallOf } from "./waterfall.ts";

const wellTimeoutMs = 240_000;

/** The healer of the machine's host, which runs already, does all of it. */
export async function byVigil({ rig, dir }: Trial, victim: Victim): Promise<Figures> {
  const { lab } = rig;
  const { host, domain: slot, plan } = victim;
  // An engine that has just been forked still loads: a fault does not come right after a start.
  await sleep(5_000);
  const back = await killAndAwait(rig, victim, async () => {});
  await allWell(lab, host, plan.slots.length, wellTimeoutMs);
  const doneMs = nowMs();
  const { entries } = await readJournal(await journalOf(lab, host));
  // Its own check for drift would hold the stack.
  await stopHealer(lab, host);
  const drift = await previewOf({ lab, host });
  await writeJson(join(dir, "journal.json"), entries);

  const waterfall = waterfallOf(entries, { slot, ...back });
  if (waterfall.detect === undefined) throw new Error(`the journal of ${host} tells of no repair of ${slot}`);
  const split = splitOf({ ...back, doneMs }, back.killedMs + waterfall.detect);
  return { ...split, drifted: drift.code === 0 ? 0 : 1, ...stepFigures(waterfall) };
}

/** What both have, detection and boot, is in the split already. */
function stepFigures({ detect, boot, ...inner }: Waterfall): Figures {
  return Object.fromEntries(Object.entries(inner).map(([step, ms]) => [`${step}Ms`, ms]));
}
