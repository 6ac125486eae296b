/** What the cases have in common in which a whole host goes, or is cut off. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type LabPlace, previewOf } from "../previewOf.ts";
import { type RequestRecord, succeeded } from "../requestRecord.ts";
import type { Rig } from "../rig.ts";
import { boundedShare } from "../statistics.ts";
import { type Check, figuresOf, type Run, totalOf } from "./case.ts";

export function otherOf({ lab, hosts }: Rig, host: string): LabPlace {
  const other = hosts.find((name) => name !== host);
  if (other === undefined) throw new Error("the lab has one host only");
  return { lab, host: other };
}

export function slotsOf({ outputs }: Rig, host: string): number {
  return outputs.get(host)?.slots.length ?? 0;
}

/** How many hosts `pulumi preview --refresh` finds a change on. */
export async function driftedHosts({ lab, hosts }: Rig, dir: string): Promise<number> {
  let drifted = 0;
  for (const host of hosts) {
    const { code, stdout, stderr } = await previewOf({ lab, host });
    await writeFile(join(dir, `preview-${host}.txt`), stdout + stderr);
    if (code !== 0) drifted += 1;
  }
  return drifted;
}

export function failedOf(records: readonly RequestRecord[]): number {
  return records.filter((record) => !succeeded(record)).length;
}

/**
 * Nobody has told those who kept a connection to a host that goes without a word: each of them loses the next request on
 * it, whenever that comes. All that fails otherwise has another cause.
 */
export function byConnection(records: readonly RequestRecord[], faultMs: number) {
  const isLost = ({ connectedMs = faultMs, endMs, error }: RequestRecord) =>
    connectedMs < faultMs && endMs >= faultMs && error !== undefined;
  const onKept = records.filter(isLost);
  return {
    others: records.filter((record) => !isLost(record)),
    failedOnKept: onKept.length,
    failedAgain: onKept.length - new Set(onKept.map(({ connectedMs }) => connectedMs)).size,
  };
}

export function checkKept(runs: readonly Run[], pair: string): Check {
  const again = totalOf(runs, pair, "failedAgain");
  return {
    about: "loss",
    claim: "a connection that was kept to the lost host costs one request at most",
    met: again === 0,
    found: `${figuresOf(runs, pair, "failedOnKept").join(", ")} requests, ${again} of them the second`,
  };
}

export function checkDrift(runs: readonly Run[], pair: string): Check {
  const drifted = totalOf(runs, pair, "drifted");
  return { about: "loss", claim: "no drift afterwards, on any host", met: drifted === 0, found: `${drifted} times` };
}

export function boundOf(runs: readonly Run[], pair: string, names: readonly string[], of = "requests"): string {
  const requests = totalOf(runs, pair, of);
  const failed = names.reduce((sum, name) => sum + totalOf(runs, pair, name), 0);
  return boundedShare(failed, requests);
}
