import { balancerSlot } from "../../../infra/facts.ts";
import type { StackPlan } from "../../../infra/plan.ts";
import { balancerProofUrn, imageUrn, isOfWorkerOrImage, newWorkerUrns } from "./slotUrns.ts";

/**
 * The URNs of what an update has to make and to remove so that the workers of one plan become those of another, with the
 * images that only one of the two needs. What goes is what the state has, also of workers that are in neither plan: an
 * update that was cut short may have left some. A target that is neither in the plan nor in the state is an error.
 */
export function scaleUrns(stack: string, before: StackPlan, after: StackPlan, urns: readonly string[]): string[] {
  const had = new Set(urnsOf(stack, before));
  const wanted = new Set(urnsOf(stack, after));
  const added = [...wanted].filter((urn) => !had.has(urn));
  const removed = urns.filter((urn) => isOfWorkerOrImage(urn) && !wanted.has(urn));
  // An update without a target would be of everything, and if nothing is left to remove the outputs still have to say so.
  return [...added, ...removed, balancerProofUrn(stack, balancerSlot)];
}

function urnsOf(stack: string, { slots }: StackPlan): string[] {
  const workers = slots.filter(({ role }) => role === "worker").flatMap(({ slot }) => newWorkerUrns(stack, slot));
  return [...workers, ...slots.map(({ image }) => imageUrn(stack, image))];
}
