import { createHash } from "node:crypto";
import { renderBalancerJson } from "../components/balancers/balancerJson.ts";
import { renderKeepalived } from "../components/balancers/keepalived.ts";
import { renderNginx } from "../components/balancers/nginx.ts";
import type { ManagedFile } from "../components/provisionScript.ts";
import type { SlotPlan, StackPlan } from "../infra/plan.ts";

const nginxPath = "/etc/nginx/nginx.conf";
const keepalivedPath = "/etc/keepalived/keepalived.conf";
const balancerPath = "/etc/vigil/balancer.json";
/** Tells the guest's agent which files to hash and report; it stands in its own list. */
const listPath = "/etc/vigil/managed.json";

/** What nginx and the agent of a balancer read. */
export function balancerFiles(plan: StackPlan, slot: SlotPlan): ManagedFile[] {
  const paths = [nginxPath, balancerPath, keepalivedPath, listPath];
  return [
    managed(nginxPath, renderNginx(slot)),
    managed(balancerPath, renderBalancerJson(plan)),
    managed(listPath, `${JSON.stringify({ version: 1, files: paths }, undefined, 2)}\n`),
  ];
}

/** What keepalived reads. */
export function virtualAddressFiles(plan: StackPlan, slot: SlotPlan): ManagedFile[] {
  return [managed(keepalivedPath, renderKeepalived(plan, slot))];
}

/** slot -> path -> sha256 of every file that the program pushes: what the guests' own reports are compared with. */
export function managedFileDigests(plan: StackPlan): Record<string, Record<string, string>> {
  const balancers = plan.slots.filter((slot) => slot.role === "balancer");
  return Object.fromEntries(
    balancers.map((slot) => {
      const files = [...balancerFiles(plan, slot), ...virtualAddressFiles(plan, slot)];
      return [slot.slot, Object.fromEntries(files.map(({ path, content }) => [path, sha256(content)]))];
    }),
  );
}

function managed(path: string, content: string): ManagedFile {
  return { path, mode: "0644", content };
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
