import { Command, Option } from "commander";
import { drainedSchema } from "../../healer/api/wishSchemas.ts";
import { HealerClient } from "../askHealer.ts";
import { followRotation } from "../followRotation.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { whoIsThis } from "../whoIsThis.ts";

type Options = LabChoice & { output: Format; detach?: true; force?: true };

export function drainCommand(): Command {
  return new Command("drain")
    .description("Take a worker out of all balancers' rotation, and wait until its requests are finished.")
    .argument("<host>", "a host of the site")
    .argument("<slot>", "one of its workers, such as web-1")
    .addOption(new Option("-f, --force", "even if no worker of this host is left that serves"))
    .addOption(detachOption())
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
It stays drained, also when it is rebuilt or the healer is started anew, until \`vigil undrain\`. It is repaired as ever:
\`vigil pause HOST SLOT\` stops that. Exit code 7 if it is the last worker of this host that serves; exit code 1 if
requests are still under way there after a minute.

Examples:
  vigil drain bk web-1
  vigil drain bk web-1 --detach`,
    )
    .action((host: string, slot: string, options: Options) => {
      return act(host, slot, options, "drain", { force: options.force ?? false });
    });
}

export function undrainCommand(): Command {
  return new Command("undrain")
    .description("Put a worker back into rotation.")
    .argument("<host>", "a host of the site")
    .argument("<slot>", "one of its workers, such as web-1")
    .addOption(detachOption())
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText("after", "\nExamples:\n  vigil undrain bk web-1")
    .action((host: string, slot: string, options: Options) => act(host, slot, options, "undrain", {}));
}

function detachOption(): Option {
  return new Option("-d, --detach", "do not wait for it; `vigil status` tells of it");
}

async function act(host: string, slot: string, options: Options, verb: "drain" | "undrain", wish: object) {
  if (await ranInLab(chosenLab(options), host)) return;
  const client = new HealerClient();
  const path = `/v1/slots/${encodeURIComponent(slot)}/${verb}`;
  const body = { ...wish, by: whoIsThis() };
  const answer = await client.ask(host, path, drainedSchema, { method: "POST", body });
  if (!options.detach) await followRotation(client, slot, answer.drained);
  if (options.output === "json") printJson(answer);
  else process.stdout.write(`${host}/${slot}: ${wordsOf(answer.drained, options.detach ?? false)}\n`);
}

function wordsOf(drained: boolean, isDetached: boolean): string {
  if (isDetached) return drained ? "it is being drained" : "it is being put back into rotation";
  return drained ? "drained: it gets no requests, and none is under way there" : "back in rotation";
}
