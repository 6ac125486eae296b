import { Command, Option } from "commander";
import type { Incident } from "../../healer/api/schemas.ts";
import { acceptedSchema } from "../../healer/api/wishSchemas.ts";
import { HealerClient } from "../askHealer.ts";
import { exitCodes } from "../exitCodes.ts";
import { followIncident } from "../followIncident.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson, progressPrinter } from "../output.ts";
import { renderReplaced } from "../render/renderReplaced.ts";
import { whoIsThis } from "../whoIsThis.ts";

type Options = LabChoice & { output: Format; detach?: true };

export function replaceCommand(): Command {
  return new Command("replace")
    .description("Have a machine made anew, though it may be well, by the update that a repair would be.")
    .argument("<host>", "a host of the site")
    .argument("<slot>", "one of its machines, such as web-1")
    .addOption(new Option("-d, --detach", "do not wait for the end; `vigil history` tells of it"))
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Refused with exit code 7, and nothing is done, while repairs are paused, another update is under way, space is short, or
another machine of its kind is not well. It spends nothing of the repairs' budget. A worker is drained first, and a
balancer yields the service's address. A wish that cannot begin within two minutes is forgotten.

Examples:
  vigil replace bk web-1
  vigil replace bk web-1 --detach -o json`,
    )
    .action(async (host: string, slot: string, options: Options) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const client = new HealerClient();
      const path = `/v1/slots/${encodeURIComponent(slot)}/replace`;
      const body = { by: whoIsThis() };
      const accepted = await client.ask(host, path, acceptedSchema, { method: "POST", body });
      if (options.detach) {
        if (options.output === "json") printJson(accepted);
        else process.stdout.write(`${host}/${slot}: incident ${accepted.incident} is open\n`);
        return;
      }
      const incident = await followIncident(client, accepted, progressPrinter(`${host}/${slot}`));
      if (options.output === "json") printJson(incident);
      else process.stdout.write(renderReplaced(host, incident));
      process.exitCode = exitCodeOf(incident);
    });
}

/** What came to nothing before anything was deleted may be asked for again. */
function exitCodeOf({ outcome, repairs, drift }: Incident): number {
  if (outcome === "repaired") return drift?.verdict === "found" ? exitCodes.failed : exitCodes.ok;
  const last = repairs.at(-1)?.outcome;
  const hasNotBegun = last === undefined || last === "locked" || last === "preflight";
  return hasNotBegun ? exitCodes.notNow : exitCodes.failed;
}
