import { Command } from "commander";
import { healerUnit, renderHealerUnit } from "../../host/healerUnit.ts";
import { installHealer, openSystemd, uninstallHealer } from "../../host/installHealer.ts";
import { readSite } from "../../host/readSite.ts";
import { requireHost } from "../../host/requireHost.ts";
import { requirePlaces } from "../../host/requirePlaces.ts";
import { cacheDir, checkout } from "../place.ts";

export function healerCommand(): Command {
  return new Command("healer")
    .description("The process that keeps a host's machines alive.")
    .addCommand(runCommand())
    .addCommand(installCommand())
    .addCommand(uninstallCommand());
}

function runCommand(): Command {
  return new Command("run")
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
      const { openLog } = await import("../../healer/openLog.ts");
      const ending = new AbortController();
      for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => ending.abort());
      await runHealer({
        host,
        log: openLog(),
        signal: ending.signal,
      });
      // A repair under way goes on without this process, and must not hold it.
      process.exit(0);
    });
}

function installCommand(): Command {
  return new Command("install")
    .description(
      "Let systemd run this host's healer: from the machine's start on, and again whenever it ends or hangs.",
    )
    .argument("<host>", "the host that this is, which is the name of its stack")
    .option("--print", "print the unit, and change nothing", false)
    .addHelpText(
      "after",
      `
Writes ${healerUnit}, enables and starts it. Safe to repeat; and to be repeated when this checkout moves. What differs
on one machine goes into a drop-in (\`systemctl edit vigil-healer\`), which stays. Host preparation and the first
\`pulumi up\` come before it: without them the unit tries again every few seconds.

Examples:
  vigil healer install bk
  vigil healer install bk --print
  systemctl status vigil-healer; journalctl -fu vigil-healer`,
    )
    .action(async (host: string, { print }: { print: boolean }) => {
      requireHost(await readSite(checkout), host);
      const unit = renderHealerUnit({ host, checkout, cacheDir });
      if (print) {
        process.stdout.write(unit);
        return;
      }
      const systemd = await openSystemd();
      await requirePlaces(checkout, cacheDir);
      const found = await installHealer(unit, systemd);
      process.stdout.write(
        `${healerUnit} ${found === "installed" ? "is installed and" : "was as it is to be, and"} runs.\n`,
      );
    });
}

function uninstallCommand(): Command {
  return new Command("uninstall")
    .description("End this host's healer and remove its unit. A repair under way is left to come to its end.")
    .addHelpText("after", "\nExample:\n  vigil healer uninstall")
    .action(async () => {
      const found = await uninstallHealer(await openSystemd());
      process.stdout.write(`${healerUnit} ${found === "removed" ? "is removed" : "was not installed"}.\n`);
    });
}
