import { Command } from "commander";
import { readWishes } from "../../host/readPlan.ts";
import { linkLoadsOf } from "../../infra/linkLoads.ts";
import { overriddenWorkers } from "../../infra/overriddenWorkers.ts";
import { planStack } from "../../infra/plan.ts";
import { lossesOf, refusalsOf, secondLossesOf } from "../../infra/survival.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson, printTable } from "../output.ts";
import { checkout } from "../place.ts";
import { renderLinkLoads, renderLosses, renderRefusals, renderSecondLosses } from "../render/renderLosses.ts";

export function planCommand(): Command {
  return new Command("plan")
    .description(
      "Show what a host's stack declares, and what is left of the service when any one host is lost, and a second one.",
    )
    .argument("<host>", "a host of the site")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
A loss that leaves no worker, no balancer or less than vigil:site.survival asks for is one that \`pulumi preview\` refuses,
unless vigil:site.acceptLossOf names the host. What a stack cannot know of another one is "unknown", and is not refused:
vigil:site.hosts.NAME.workers says how many workers a host has at least. The loss of a second host is shown and never refused.

Examples:
  vigil plan bk
  vigil plan bk -o json | jq '.slots[].uuid'
  vigil plan bk -o json | jq '.losses[] | select(.verdict != "survives")'
  vigil plan bk -o json | jq '.links[] | {addresses, without}'    where survival.inboundMbps is stated`,
    )
    .action(async (host: string, options: LabChoice & { output: Format }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const { config, desired } = await readWishes(checkout, host);
      const plan = planStack(config, desired);
      const losses = lossesOf(config, plan);
      const secondLosses = secondLossesOf(config, plan);
      const links = linkLoadsOf(config.site);
      if (options.output === "json") {
        return printJson({ ...plan, losses, secondLosses, ...(links === undefined ? {} : { links }) });
      }
      const title = `host ${plan.host.name} of site ${plan.site.name}, service address ${plan.site.vip}, ${plan.accelerator}`;
      process.stdout.write(`${title}, VRRP priority ${plan.host.vrrpPriority}\n\n`);
      printTable(
        ["slot", "role", "address", "mac", "memory", "vcpus", "image"],
        plan.slots.map((slot) => {
          const size = [`${slot.memoryMib} MiB`, `${slot.vcpus}`];
          return [slot.id, slot.role, slot.address, slot.mac, ...size, slot.image.slice(0, 12)];
        }),
      );
      const { requestsAtOnce } = plan.site;
      if (requestsAtOnce !== undefined) {
        process.stdout.write(`\neach worker is given at most ${requestsAtOnce} requests at once, the others get 503\n`);
      }
      const overridden = overriddenWorkers(config, desired);
      if (overridden !== undefined) process.stdout.write(`\n${overridden}\n`);
      const refusals = refusalsOf(config, plan);
      process.stdout.write(`\n${renderLosses(losses)}`);
      if (secondLosses.length > 0) process.stdout.write(`\n${renderSecondLosses(secondLosses)}`);
      if (refusals.length > 0) process.stdout.write(`\n${renderRefusals(refusals)}`);
      if (links !== undefined) process.stdout.write(`\n${renderLinkLoads(links)}`);
    });
}
