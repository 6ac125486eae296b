import { Command } from "commander";
import { hostEnvironment } from "../../host/hostEnvironment.ts";
import { cacheDir } from "../place.ts";

export function envCommand(): Command {
  return new Command("env")
    .description("Print the environment in which pulumi acts on a host's own stack.")
    .argument("<host>", "the host, which is the name of its stack")
    .addHelpText(
      "after",
      `
Examples:
  eval "$(vigil env bk)" && pulumi preview --stack bk      on the host itself
  vigil shell bk -- pulumi preview                         the same, from outside a lab's host`,
    )
    .action(() => {
      const lines = Object.entries(hostEnvironment(cacheDir)).map(
        ([name, value]) => `export ${name}=${quoted(value)}\n`,
      );
      process.stdout.write(lines.join(""));
    });
}

/** Quotes a value for any POSIX shell. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
