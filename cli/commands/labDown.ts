import { Command } from "commander";
import { labDown } from "../../lab/labDown.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { progressPrinter } from "../output.ts";
import { checkout } from "../place.ts";

export function labDownCommand(): Command {
  return new Command("down")
    .description("Remove a lab with everything in it: processes, networks, mounts, disks.")
    .option("--force", "also if the lab belongs to another checkout")
    .addOption(labOption())
    .addHelpText(
      "after",
      `
Works after a crash of \`lab up\` at any point, and does nothing if there is no such lab.

Examples:
  vigil lab down
  vigil lab down --lab second`,
    )
    .action(async (options: LabChoice & { force?: true }) => {
      const lab = chosenLab(options);
      const say = progressPrinter(`lab ${lab.name}`);
      await labDown(lab, { checkout, force: options.force ?? false });
      say("is down; nothing is left of it");
    });
}
