import { Command } from "commander";
import { historySchema } from "../../healer/api/schemas.ts";
import { HealerClient } from "../askHealer.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, parseCount, printJson } from "../output.ts";
import { renderHistory } from "../render/renderHistory.ts";

const defaultIncidents = 20;

export function historyCommand(): Command {
  return new Command("history")
    .description("Show what was wrong on a host, what was done about it, and what came of it.")
    .argument("[host]", "a host of the site; without it, the one that this machine is")
    .option("-n, --limit <count>", "at most so many incidents, the newest first", parseCount, defaultIncidents)
    .option("--slot <slot>", "only what happened to this slot")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Below that, which other hosts were lost: from when to when, what stood in for them here, and when it was given back. \`losses\`
in JSON.

Examples:
  vigil history bk
  vigil history bk --slot web-1 -n 100
  vigil history bk -o json | jq '.incidents[] | select(.outcome == "repaired") | .tookMs'`,
    )
    .action(async (host: string | undefined, options: LabChoice & { output: Format; limit: number; slot?: string }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const query = new URLSearchParams({ limit: `${options.limit}` });
      if (options.slot !== undefined) query.set("slot", options.slot);
      const history = await new HealerClient().ask(host, `/v1/history?${query}`, historySchema);
      if (options.output === "json") printJson(history);
      else process.stdout.write(renderHistory(history, options.slot));
    });
}
