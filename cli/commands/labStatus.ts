import { Command } from "commander";
import { LabError } from "../../lab/labError.ts";
import { type HostStatus, type LabStatus, labStatus } from "../../lab/labStatus.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson, printTable } from "../output.ts";

export function labStatusCommand(): Command {
  return new Command("status")
    .description("Show the machines of a lab and the domains on them.")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Exits with 3 if there is no such lab.

Examples:
  vigil lab status
  vigil lab status -o json | jq '.hosts[].domains'`,
    )
    .action(async (options: LabChoice & { output: Format }) => {
      const lab = chosenLab(options);
      const status = await labStatus(lab);
      if (status === undefined)
        throw new LabError("ERR_LAB_NOT_UP", `lab ${lab.name} is not up: \`vigil lab up\` starts it.`);
      if (options.output === "json") printJson(status);
      else printStatus(status);
    });
}

function printStatus({ lab, site, checkout, vip, hosts, machines }: LabStatus): void {
  process.stdout.write(`lab ${lab} of ${checkout}, site ${site}, service address ${vip}\n\n`);
  printTable(
    ["machine", "address", "power", "port", "libvirtd", "domains"],
    [
      ...hosts.map((host) => [host.name, host.address, host.power, host.port, host.libvirtd, domainsOf(host)]),
      ...machines.map(({ name, address, port }) => [name, address, "on", port, "-", "-"]),
    ],
  );
}

function domainsOf({ domains }: HostStatus): string {
  return domains.map(({ name, state }) => `${name} ${state}`).join(", ") || "none";
}
