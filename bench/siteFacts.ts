/** Site facts that a measurement states for its own time, as a person would: in this checkout's Pulumi.yaml, and deployed. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { checkout } from "../cli/place.ts";
import { replaceFile } from "../infra/replaceFile.ts";
import { runOnHost } from "./repairs/runOnHost.ts";
import type { Rig } from "./rig.ts";

const path = join(checkout, "Pulumi.yaml");

/**
 * States how many requests each worker is given at once, deploys it on every host, and resolves to what takes it back.
 * No healer may run: an update would have to wait for its checks.
 */
export async function stateRequestsAtOnce(rig: Rig, requestsAtOnce: number): Promise<() => Promise<void>> {
  const before = await readFile(path, "utf8");
  const takeBack = () => deploy(rig, before);
  const project = parseDocument(before);
  project.setIn(["config", "vigil:site", "value", "requestsAtOnce"], requestsAtOnce);
  try {
    await deploy(rig, project.toString({ lineWidth: 0, flowCollectionPadding: false }));
  } catch (error) {
    await takeBack();
    throw error;
  }
  return takeBack;
}

async function deploy(rig: Rig, text: string): Promise<void> {
  await replaceFile(path, text);
  for (const host of rig.hosts) {
    await runOnHost(rig, host, ["pulumi", "up", "--yes", "--non-interactive", "--skip-preview", "--stack", host]);
  }
}
