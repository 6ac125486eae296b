import { Command } from "commander";
import { hostDrainedSchema, hostReturnedSchema } from "../../healer/api/wishSchemas.ts";
import { HealerClient } from "../askHealer.ts";
import { followHostDrain, followHostReturn, followWorkersWell } from "../followHostDrain.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson, progressPrinter } from "../output.ts";
import { whoIsThis } from "../whoIsThis.ts";

type Options = LabChoice & { output: Format };

export function hostDrainCommand(): Command {
  return new Command("drain")
    .description("Take a host out of service, and wait until it may be switched off or rebooted.")
    .argument("<host>", "the host that this machine is, or one of the lab")
    .option("--reason <text>", "what for: the other hosts and whoever asks are told", "a planned reboot")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
The service's address moves to another host; then all workers are drained. From then on nothing is repaired on this host, and
the others make nothing in its place, however long it is away: until \`vigil host return\`, also over restarts and reboots. Its
machines start with the host, and are drained again. Safe to repeat.

Exit code 7, and nothing is done: no other host is heard that is well and has workers that get requests; another one goes
away on purpose itself; the address has no healthy backup; or another update is under way. Exit code 1: it is drained, and
may not be switched off yet, as when requests are still under way after minutes.

Examples:
  vigil host drain mb --reason "kernel update" && systemctl reboot
  vigil host drain mb -o json | jq .phase`,
    )
    .action(async (host: string, options: Options & { reason: string }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const client = new HealerClient();
      const body = { by: whoIsThis(), reason: options.reason };
      const { id } = await client.ask(host, "/v1/host/drain", hostDrainedSchema, { method: "POST", body });
      const drain = await followHostDrain(client, id, progressPrinter(host));
      if (options.output === "json") printJson({ host, ...drain });
      else
        process.stdout.write(`${host}: it may be switched off or rebooted; afterwards \`vigil host return ${host}\`\n`);
    });
}

export function hostReturnCommand(): Command {
  return new Command("return")
    .description("Take a host back into service, and wait until its workers get requests again.")
    .argument("<host>", "the host that this machine is, or one of the lab")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Repairs begin again at once. Each worker gets requests when it has been green for some seconds; what is not within some
minutes does when it is repaired. Workers that were drained one by one stay drained. The address stays where it is. Safe to
repeat, and no failure if the host is not drained. Exit code 1: it is in service, and two minutes later not all of its
workers are well. Exit code 6 while the healer does not listen yet, as right after a reboot: ask again.

Examples:
  vigil host return mb`,
    )
    .action(async (host: string, options: Options) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const client = new HealerClient();
      const body = { by: whoIsThis() };
      const answer = await client.ask(host, "/v1/host/return", hostReturnedSchema, { method: "POST", body });
      const say = progressPrinter(host);
      const { id } = answer;
      // A host that was never drained has nothing to be taken back for.
      const returned = id === undefined ? answer : { host, ...(await followHostReturn(client, id, say)) };
      await followWorkersWell(client, host, say);
      if (options.output === "json") printJson(returned);
      else process.stdout.write(`${host}: in service\n`);
    });
}
