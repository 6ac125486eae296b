import { Command, Option } from "commander";
import { scaledSchema } from "../../healer/api/wishSchemas.ts";
import { HealerClient } from "../askHealer.ts";
import { exitCodes } from "../exitCodes.ts";
import { followScale } from "../followScale.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, parseCount, printJson, progressPrinter } from "../output.ts";
import { whoIsThis } from "../whoIsThis.ts";

type Options = LabChoice & { output: Format; detach?: true };

export function scaleCommand(): Command {
  return new Command("scale")
    .description("Change how many workers a host has. No other machine changes, on no host.")
    .argument("<host>", "a host of the site")
    .argument("<workers>", "how many workers of its own it is to have", parseCount)
    .addOption(new Option("-d, --detach", "do not wait for it; `vigil status` tells of it"))
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
New workers get requests as soon as they answer. The last ones are the ones that go, and are drained first. It ends when
all are green and drift was looked for. From then on this number comes before vigil:workers of the stack's file. Workers that
stand in for a lost host's come on top of it. A change that is cut short ends with the fewer workers of the two numbers.

Exit code 8: the pool, the stated room or the memory of the host cannot hold so many. Exit code 7: it may not be done now.

Examples:
  vigil scale bk 3
  vigil scale bk 2 --detach`,
    )
    .action(async (host: string, workers: number, options: Options) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const client = new HealerClient();
      const body = { workers, by: whoIsThis() };
      const scaled = await client.ask(host, "/v1/scale", scaledSchema, { method: "POST", body });
      if (options.detach) {
        if (options.output === "json") printJson(scaled);
        else process.stdout.write(`${host}: it is being scaled to ${workers} workers\n`);
        return;
      }
      const status = await followScale(client, scaled, progressPrinter(host));
      if (options.output === "json") printJson(status);
      else process.stdout.write(`${host}: ${workers} workers; ${status.drift.sentence}\n`);
      if (status.drift.verdict === "found") process.exitCode = exitCodes.failed;
    });
}
