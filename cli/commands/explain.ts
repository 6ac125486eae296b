import { Command } from "commander";
import { slotSchema } from "../../healer/api/schemas.ts";
import { HealerClient } from "../askHealer.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { renderSlot } from "../render/renderSlot.ts";

export function explainCommand(): Command {
  return new Command("explain")
    .description(
      "Say why a machine is thought to be what it is: the evidence and its age, the suspicion, the next repair.",
    )
    .argument("<host>", "a host of the site")
    .argument("<slot>", "one of its machines, such as web-1")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
All causes, and what is done about each: docs/healer-states.md.

Examples:
  vigil explain bk web-1
  vigil explain bk lb-1 -o json | jq .facts`,
    )
    .action(async (host: string, slot: string, options: LabChoice & { output: Format }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const found = await new HealerClient().ask(host, `/v1/slots/${encodeURIComponent(slot)}`, slotSchema);
      if (options.output === "json") printJson(found);
      else process.stdout.write(renderSlot(found));
    });
}
