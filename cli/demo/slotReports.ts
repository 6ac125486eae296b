import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Lab } from "../../lab/lab.ts";
import { inClient } from "../../lab/machine.ts";
import type { SlotOutput } from "../../stacks/outputs.ts";

/** What the demo needs of an agent's own report. */
const statusSchema = z.object({
  /** Absent until the service has answered for the first time. */
  bootMs: z.number().optional(),
  service: z.object({ state: z.string() }),
  /** Whether the service address is on this machine; balancers only, as are the upstreams. */
  holdsVip: z.boolean().optional(),
  upstreams: z.array(z.object({ id: z.string(), selected: z.boolean() })).optional(),
});

export interface SlotReport extends SlotOutput {
  /** What the slot's agent says; undefined if it does not answer. */
  readonly status: z.infer<typeof statusSchema> | undefined;
}

/** Asks every slot's agent from the client, until each balancer uses every worker or the time is over. */
export async function reportSlots(lab: Lab, slots: readonly SlotOutput[], timeoutMs: number): Promise<SlotReport[]> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const reports = await Promise.all(slots.map((slot) => reportSlot(lab, slot)));
    if (isComplete(reports) || performance.now() > deadlineMs) return reports;
    await sleep(250);
  }
}

async function reportSlot(lab: Lab, slot: SlotOutput): Promise<SlotReport> {
  const url = `http://${slot.address}:${slot.heartbeatPort}/status`;
  const { stdout } = await inClient(lab, ["curl", "--silent", "--max-time", "2", url]);
  return { ...slot, status: statusSchema.safeParse(parseJson(stdout)).data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One balancer holds the address, and every balancer uses every worker. */
export function isComplete(reports: readonly SlotReport[]): boolean {
  const workers = reports.filter(({ role }) => role === "worker").map(({ id }) => id);
  const balancers = reports.filter(({ role }) => role === "balancer");
  const usesAll = ({ status }: SlotReport) => {
    const inUse = (status?.upstreams ?? []).filter(({ selected }) => selected).map(({ id }) => id);
    return workers.every((id) => inUse.includes(id));
  };
  const holders = balancers.filter(({ status }) => status?.holdsVip);
  const areUp = reports.every(({ status }) => status?.service.state === "up");
  return areUp && balancers.every(usesAll) && holders.length === 1;
}
