import { userInfo } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { defaultPauseMs, maxPauseMs, type Paused, pausedSchema } from "../../healer/api/schemas.ts";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { HealerClient } from "../askHealer.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { parseDuration } from "../parseDuration.ts";
import { stampOf } from "../render/words.ts";

type Options = LabChoice & { output: Format };

export function pauseCommand(): Command {
  return new Command("pause")
    .description("Let a host's healer begin no repair for a while. It goes on watching, and ends what it has begun.")
    .argument("<host>", "a host of the site")
    .option("--for <time>", "how long, at most 24h: 90s, 30m, 1h", parsePause, defaultPauseMs)
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
It outlives a restart of the healer and ends by itself, so that nobody can forget it.

Examples:
  vigil pause bk
  vigil pause bk --for 30m`,
    )
    .action(async (host: string, options: Options & { for: number }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      print(await wish(host, "/v1/pause", { forMs: options.for, by: whoIsThis() }), options);
    });
}

export function resumeCommand(): Command {
  return new Command("resume")
    .description("Let a host's healer repair again: ends a pause, and gives repairs that did not help another chance.")
    .argument("<host>", "a host of the site")
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText("after", "\nExample:\n  vigil resume bk")
    .action(async (host: string, options: Options) => {
      if (await ranInLab(chosenLab(options), host)) return;
      print(await wish(host, "/v1/resume", { by: whoIsThis() }), options);
    });
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
  const until =
    paused.until === undefined ? "" : ` until ${stampOf(paused.until)} UTC (${spellDuration(paused.forMs)})`;
  process.stdout.write(`${paused.host}: ${paused.paused ? `no repair begins${until}` : "repairs begin again"}\n`);
}

/** For the journal. Whoever became root with sudo has a name of their own. */
function whoIsThis(): string {
  return process.env.SUDO_USER ?? userInfo().username;
}
