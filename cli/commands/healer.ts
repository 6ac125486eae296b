import { Command } from "commander";
import pino from "pino";

export function healerCommand(): Command {
  const run = new Command("run")
    .description("Watch this host's machines, name what is wrong with them, and repair them by the deployed plan.")
    .argument("<host>", "the host that this is, which is the name of its stack")
    .addHelpText(
      "after",
      `
It runs until it is told to end (SIGTERM or SIGINT), writes one JSON line per decision to its output, keeps its journal in
/var/lib/vigil/journal.jsonl, and answers \`vigil status\` on 127.0.0.1:9180. What it knows, and what it does about it:
docs/healer-states.md.

Examples:
  vigil healer run bk                       on the host itself
  vigil shell bk -- vigil healer run bk     the same, on a lab's host`,
    )
    .action(async (host: string) => {
      // Every other command would wait for the healer's many modules too.
      const { runHealer } = await import("../../healer/main.ts");
      const ending = new AbortController();
      for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => ending.abort());
      await runHealer({
        host,
        log: pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }),
        signal: ending.signal,
      });
      // A repair under way goes on without this process, and must not hold it.
      process.exit(0);
    });
  return new Command("healer").description("The process that keeps a host's machines alive.").addCommand(run);
}
