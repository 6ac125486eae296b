import { Argument, Command } from "commander";
import { type Fault, type FaultName, faults } from "../../lab/faults.ts";
import { LabError } from "../../lab/labError.ts";
import { hostNamed } from "../../lab/owner.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { progressPrinter } from "../output.ts";

export function labBreakCommand(): Command {
  return faultCommand("break", "Break something in a lab.");
}

export function labMendCommand(): Command {
  return faultCommand("mend", "Mend what `vigil lab break` has broken.");
}

function faultCommand(verb: "break" | "mend", description: string): Command {
  return new Command(verb)
    .description(description)
    .argument("<host>", "the host that is hit")
    .addArgument(new Argument("<fault>", "what is wrong with it").choices(Object.keys(faults)))
    .argument("[domain]", "the domain that is hit, such as web-1")
    .addOption(labOption())
    .addHelpText(
      "after",
      `\nFaults:\n${faultLines()}\n\nExamples:\n  vigil lab ${verb} bk kill web-1\n  vigil lab ${verb} mb power`,
    )
    .action(async (hostName: string, name: FaultName, domain: string | undefined, options: LabChoice) => {
      const lab = chosenLab(options);
      const fault: Fault = faults[name];
      if ((fault.hits === "domain") !== (domain !== undefined)) {
        const rule = fault.hits === "domain" ? "hits one domain: name it" : "hits the whole host: name no domain";
        throw new LabError("ERR_USAGE", `${name} ${rule}.`);
      }
      const host = await hostNamed(lab, hostName);
      const say = progressPrinter(`lab ${lab.name}`);
      await fault[verb](lab, host, domain ?? "");
      say(`${verb === "break" ? "broken" : "mended"}: ${[name, "of", host.name, domain].filter(Boolean).join(" ")}`);
    });
}

function faultLines(): string {
  return Object.entries(faults)
    .map(([name, { what, hits }]) => `  ${(hits === "domain" ? `${name} DOMAIN` : name).padEnd(22)}${what}`)
    .join("\n");
}
