import { Command, InvalidArgumentError, Option } from "commander";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { defaultPauseMs, maxPauseMs, type Paused, pausedSchema } from "../../healer/api/wishSchemas.ts";
import { HealerClient } from "../askHealer.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { parseDuration } from "../parseDuration.ts";
import { renderPaused } from "../render/renderPaused.ts";
import { whoIsThis } from "../whoIsThis.ts";

const allMachines = "all";

type Options = LabChoice & { output: Format };

export function pauseCommand(): Command {
  return new Command("pause")
    .description("Let a host's healer begin no repair for a while. It goes on watching, and ends what it has begun.")
    .argument("<host>", "a host of the site")
    .argument("[slot]", "one of its machines, such as web-1", allMachines)
    .addOption(
      new Option("--for <time>", "how long, at most 24h: 90s, 30m, 1h")
        .argParser(parsePause)
        .default(defaultPauseMs, spellDuration(defaultPauseMs)),
    )
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
It lasts an hour unless --for says otherwise, outlives a restart of the healer, and ends by itself, so that nobody can
forget it. The pause of one machine and that of all are two: each ends for itself, or both with \`vigil resume HOST\`.

Examples:
  vigil pause bk
  vigil pause bk web-1 --for 30m`,
    )
    .action(async (host: string, slot: string, options: Options & { for: number }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      print(await wish(host, "/v1/pause", { ...about(slot), forMs: options.for, by: whoIsThis() }), options);
    });
}

export function resumeCommand(): Command {
  return new Command("resume")
    .description("Let a host's healer repair again: ends a pause, and gives repairs that did not help another chance.")
    .argument("<host>", "a host of the site")
    .argument("[slot]", "one of its machines, such as web-1: ends its own pause and nothing else", allMachines)
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText("after", "\nExamples:\n  vigil resume bk\n  vigil resume bk web-1")
    .action(async (host: string, slot: string, options: Options) => {
      if (await ranInLab(chosenLab(options), host)) return;
      print(await wish(host, "/v1/resume", { ...about(slot), by: whoIsThis() }), options);
    });
}

function about(slot: string): { slot?: string } {
  return slot === allMachines ? {} : { slot };
}

function parsePause(text: string): number {
  const forMs = parseDuration(text);
  if (forMs > maxPauseMs) throw new InvalidArgumentError("A pause lasts at most 24h: end the healer instead.");
  return forMs;
}

function wish(host: string, path: string, body: object): Promise<Paused> {
  return new HealerClient().ask(host, path, pausedSchema, { method: "POST", body });
}

function print(paused: Paused, { output }: Options): void {
  if (output === "json") {
    printJson(paused);
    return;
  }
  process.stdout.write(renderPaused(paused));
}
