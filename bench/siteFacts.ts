/** Site facts that a measurement states for its own time, as a person would: in each host's Pulumi.yaml, and deployed. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { checkout } from "../cli/place.ts";
import { checkoutDir } from "../host/hostEnvironment.ts";
import { inHost } from "../lab/machine.ts";
import { type Rig, writeInHost } from "./rig.ts";

/**
 * States how many requests each worker is given at once, deploys it on every host, and resolves to what takes it back.
 * No healer may run: an update would have to wait for its checks. This checkout's own file is not touched: each host of
 * a lab sees it through a layer of its own.
 */
export async function stateRequestsAtOnce(rig: Rig, requestsAtOnce: number): Promise<() => Promise<void>> {
  const before = await readFile(join(checkout, "Pulumi.yaml"), "utf8");
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

async function deploy({ lab, hosts }: Rig, projectFile: string): Promise<void> {
  for (const host of hosts) {
    await writeInHost(lab, host, join(checkoutDir, "Pulumi.yaml"), projectFile);
    await inHost(lab, host, ["pulumi", "up", "--yes", "--non-interactive", "--skip-preview", "--stack", host]);
  }
}
