import { type Status, statusSchema } from "../healer/api/schemas.ts";
import { inHost } from "../lab/machine.ts";
import type { LabPlace } from "./previewOf.ts";

/** What a host's healer says of itself, as `vigil status` tells it. */
export async function statusOf({ lab, host }: LabPlace): Promise<Status> {
  const { stdout } = await inHost(lab, host, ["cli/vigil", "status", "-o", "json"]);
  return statusSchema.parse(JSON.parse(stdout));
}

export function workersOf({ slots }: Pick<Status, "slots">): string[] {
  return slots.flatMap(({ slot, role }) => (role === "worker" ? [slot] : [])).sort();
}
