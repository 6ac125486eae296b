import { Command } from "commander";
import { slotSchema } from "../../healer/api/schemas.ts";
import { HealerClient } from "../askHealer.ts";
import { causeNamed } from "../causeNamed.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { renderCause } from "../render/renderCause.ts";
import { renderSlot } from "../render/renderSlot.ts";

export function explainCommand(): Command {
  return new Command("explain")
    .description(
      "Say why a machine is thought to be what it is: the evidence and its age, the suspicion, the next repair.",
    )
    .argument("<host>", "a host of the site; or, alone, a cause such as machineCrashed")
    .argument("[slot]", "one of its machines, such as web-1")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
All causes, and what is done about each: docs/healer-states.md.

Examples:
  vigil explain bk web-1
  vigil explain bk lb-1 -o json | jq .facts
  vigil explain machineCrashed
  vigil explain "VM crashed"`,
    )
    .action(async (host: string, slot: string | undefined, options: LabChoice & { output: Format }) => {
      if (slot === undefined) return explainCause(host, options.output);
      if (await ranInLab(chosenLab(options), host)) return;
      const found = await new HealerClient().ask(host, `/v1/slots/${encodeURIComponent(slot)}`, slotSchema);
      if (options.output === "json") printJson(found);
      else process.stdout.write(renderSlot(found));
    });
}

/** The same table everywhere: no healer has to be asked. */
function explainCause(text: string, output: Format): void {
  const cause = causeNamed(text);
  if (output === "json") printJson(cause);
  else process.stdout.write(renderCause(cause));
}
