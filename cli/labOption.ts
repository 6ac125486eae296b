import { Option } from "commander";
import { type Lab, labNamed } from "../lab/lab.ts";

/** Every command that acts on a lab takes its name the same way. */
export function labOption(): Option {
  return new Option("--lab <name>", "the name of the lab").env("VIGIL_LAB").default("demo");
}

export interface LabChoice {
  readonly lab: string;
}

/** Throws ERR_USAGE if the name is none for a lab. */
export function chosenLab(options: LabChoice): Lab {
  return labNamed(options.lab);
}
