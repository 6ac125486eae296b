import type { SlotState } from "./state.ts";

/** Whether a machine only has too much to do, or gets too little of its host: it runs as planned, and nothing is mended. */
export function hasTooMuchToDo({ status, suspicion }: SlotState): boolean {
  return status === "yellow" && (suspicion?.cause === "serviceBusy" || suspicion?.cause === "machineStarved");
}
