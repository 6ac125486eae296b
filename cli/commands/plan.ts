import { join } from "node:path";
import { Command } from "commander";
import { checkoutDir } from "../../host/hostEnvironment.ts";
import { readPlan } from "../../host/readPlan.ts";
import { runInTerminal } from "../../host/run.ts";
import { hostNamed } from "../../lab/faults.ts";
import { onHost, refreshCheckout } from "../../lab/machine.ts";
import { ownerOf } from "../../lab/owner.ts";
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
      const lab = chosenLab(options);
      // A lab's host has a stack file and a desired state of its own, so it is asked for its plan itself.
      if ((await ownerOf(lab)) !== undefined) {
        const { name } = await hostNamed(lab, host);
        await refreshCheckout(lab, name);
        const vigil = [join(checkoutDir, "cli", "vigil"), "plan", name, "--lab", lab.name, "--output", options.output];
        const placed = await onHost(lab, name, vigil);
        process.exitCode = await runInTerminal(placed.argv, { env: placed.env });
        return;
      }
      const plan = await readPlan(checkout, host);
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
    });
}
