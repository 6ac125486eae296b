import { planStack, type SlotPlan, type StackPlan } from "../../infra/plan.ts";
import { healthPath, type Machine, type Rig } from "../rig.ts";

/** A machine that is killed, and all that has to be known to have it back. */
export interface Victim extends Machine {
  readonly slot: SlotPlan;
  readonly plan: StackPlan;
  /** What answers once the machine serves: a balancer answers it by the nginx that it was given its configuration for. */
  readonly url: string;
}

export function victimOf({ outputs }: Rig, machine: Machine): Victim {
  const stack = outputs.get(machine.host);
  const plan = stack && planStack(stack.applied.config, stack.applied.desired);
  const slot = plan?.slots.find((one) => one.slot === machine.domain);
  if (plan === undefined || slot === undefined)
    throw new Error(`the stack of ${machine.host} has no slot ${machine.domain}`);
  const { host, domain, address, mac } = machine;
  const path = slot.role === "worker" ? "/healthz" : healthPath;
  return { host, domain, address, mac, slot, plan, url: `http://${address}:${slot.servicePort}${path}` };
}
