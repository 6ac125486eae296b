import type { Finished } from "../host/run.ts";
import type { Lab } from "../lab/lab.ts";
import { inHostAny } from "../lab/machine.ts";

export interface LabPlace {
  readonly lab: Lab;
  readonly host: string;
}

/** Asks the engine itself, as a person would; its code is 0 if nothing has drifted. */
export function previewOf({ lab, host }: LabPlace): Promise<Finished> {
  const argv = ["pulumi", "preview", "--refresh", "--expect-no-changes", "--stack", host, "--non-interactive"];
  return inHostAny(lab, host, argv);
}
