import { Command } from "commander";
import { historySchema, statusSchema } from "../../healer/api/schemas.ts";
import { HealerClient } from "../askHealer.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { renderPs } from "../render/renderPs.ts";

const mostIncidents = 500;

export function psCommand(): Command {
  return new Command("ps")
    .description("Show a host's machines, and below each what it was repaired of.")
    .argument("[host]", "a host of the site; without it, the one that this machine is")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Examples:
  vigil ps bk
  vigil ps bk -o json | jq '.incidents[] | select(.slot == "web-1")'`,
    )
    .action(async (host: string | undefined, options: LabChoice & { output: Format }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const healer = new HealerClient();
      const status = await healer.ask(host, "/v1/status", statusSchema);
      const history = await healer.ask(host, `/v1/history?limit=${mostIncidents}`, historySchema);
      if (options.output === "json") printJson({ slots: status.slots, incidents: history.incidents });
      else process.stdout.write(renderPs(status, history, Date.now()));
    });
}
