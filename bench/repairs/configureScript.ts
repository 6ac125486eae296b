import { provisionScript } from "../../components/provisionScript.ts";
import { balancerFiles, virtualAddressFiles } from "../../stacks/managedFiles.ts";
import type { Victim } from "./victim.ts";

/** What a rebuilt balancer is configured with over ssh, as the product does it, unchecked; empty for a worker. */
export function configureScript({ plan, slot }: Pick<Victim, "plan" | "slot">): string {
  if (slot.role === "worker") return "";
  const nginx = provisionScript({ files: balancerFiles(plan, slot), service: "nginx", check: "true" });
  // keepalived must not claim an address for a balancer that is not answering yet.
  const keepalived = provisionScript({ files: virtualAddressFiles(plan, slot), service: "keepalived", check: "true" });
  // Each cleans up as its own shell ends.
  return `set -e\n(\n${nginx})\n(\n${keepalived})\n`;
}
