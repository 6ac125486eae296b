import { Command } from "commander";
import { readWishes } from "../../host/readPlan.ts";
import { overriddenWorkers } from "../../infra/overriddenWorkers.ts";
import { planStack } from "../../infra/plan.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson, printTable } from "../output.ts";
import { checkout } from "../place.ts";

export function planCommand(): Command {
  return new Command("plan")
    .description("Show what a host's stack declares: its slots, addresses and sizes.")
    .argument("<host>", "a host of the site")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Examples:
  vigil plan bk
  vigil plan bk -o json | jq '.slots[].uuid'`,
    )
    .action(async (host: string, options: LabChoice & { output: Format }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const { config, desired } = await readWishes(checkout, host);
      const plan = planStack(config, desired);
      if (options.output === "json") return printJson(plan);
      const title = `host ${plan.host.name} of site ${plan.site.name}, service address ${plan.site.vip}, ${plan.accelerator}`;
      process.stdout.write(`${title}, VRRP priority ${plan.host.vrrpPriority}\n\n`);
      printTable(
        ["slot", "role", "address", "mac", "memory", "vcpus", "image"],
        plan.slots.map((slot) => {
          const size = [`${slot.memoryMib} MiB`, `${slot.vcpus}`];
          return [slot.id, slot.role, slot.address, slot.mac, ...size, slot.image.slice(0, 12)];
        }),
      );
      const overridden = overriddenWorkers(config, desired);
      if (overridden !== undefined) process.stdout.write(`\n${overridden}\n`);
    });
}
