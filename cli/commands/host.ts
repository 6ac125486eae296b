import { Command } from "commander";
import { prepareHost } from "../../host/prepareHost.ts";
import { progressPrinter } from "../output.ts";
import { cacheDir, checkout } from "../place.ts";

export function hostCommand(): Command {
  return new Command("host").description("Make this machine a host of the site.").addCommand(prepareCommand());
}

function prepareCommand(): Command {
  return new Command("prepare")
    .description("Check this machine's bridge, import the golden image, and make the host's stack.")
    .argument("<host>", "the name of this machine in the site facts of Pulumi.yaml")
    .addHelpText(
      "after",
      `
Changes nothing if the bridge is not as the site facts say, and says how to make it so. Safe to repeat.

Example:
  sudo cli/vigil host prepare bk && cli/vigil shell bk -- pulumi up`,
    )
    .action((host: string) => prepareHost(checkout, host, cacheDir, progressPrinter(host)));
}
