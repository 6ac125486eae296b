import { Command } from "commander";
import { labUp } from "../../lab/labUp.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { progressPrinter } from "../output.ts";
import { cacheDir, checkout } from "../place.ts";

export function labUpCommand(): Command {
  return new Command("up")
    .description("Start a lab with the hosts of Pulumi.yaml, or what is missing of it.")
    .option("--no-prepare", "leave the hosts bare: no image, no stack")
    .addOption(labOption())
    .addHelpText(
      "after",
      `
Safe to repeat: what is there is left alone, hosts that are off are turned on, cut cables are mended.

Examples:
  vigil lab up
  vigil lab up --lab second       beside the first one, with the same addresses`,
    )
    .action(async (options: LabChoice & { prepare: boolean }) => {
      const lab = chosenLab(options);
      const say = progressPrinter(`lab ${lab.name}`);
      const started = await labUp(lab, { checkout, cacheDir, prepare: options.prepare, say });
      say(started === 0 ? "was up already" : "is up");
    });
}
