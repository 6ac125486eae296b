import { Command } from "commander";
import { vipMovingSchema } from "../../healer/api/wishSchemas.ts";
import { HealerClient } from "../askHealer.ts";
import { followVipMove } from "../followVipMove.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { whoIsThis } from "../whoIsThis.ts";

type Options = LabChoice & { output: Format };

export function vipCommand(): Command {
  return new Command("vip")
    .description("Act on the service's address.")
    .addCommand(vipMoveCommand())
    .addHelpText("after", "\nExamples:\n  vigil vip move bk");
}

export function vipMoveCommand(): Command {
  return new Command("move")
    .description("Have a balancer of another host take the service's address from the one of this host.")
    .argument("<host>", "the host that holds it")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
It goes to the other balancer with the highest priority that is healthy, and stays there. What is under way on
connections to it is answered; then they end, and their clients connect anew. Exit code 7, and it stays where it is, if
this host does not hold it, if no other balancer is a healthy backup, or if another update is under way.

Examples:
  vigil vip move bk`,
    )
    .action(async (host: string, options: Options) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const client = new HealerClient();
      const body = { by: whoIsThis() };
      const moving = await client.ask(host, "/v1/vip/move", vipMovingSchema, { method: "POST", body });
      await followVipMove(client, moving.id);
      if (options.output === "json") printJson(moving);
      else process.stdout.write(`${host}: the service's address has left ${moving.slot}\n`);
    });
}
