import { Command, CommanderError } from "commander";
import { benchCommand } from "./commands/bench.ts";
import { demoCommand } from "./commands/demo.ts";
import { drainCommand, undrainCommand } from "./commands/drain.ts";
import { envCommand } from "./commands/env.ts";
import { eventsCommand } from "./commands/events.ts";
import { explainCommand } from "./commands/explain.ts";
import { healerCommand } from "./commands/healer.ts";
import { historyCommand } from "./commands/history.ts";
import { hostCommand } from "./commands/host.ts";
import { labCommand } from "./commands/lab.ts";
import { pauseCommand, resumeCommand } from "./commands/pause.ts";
import { peerCommand } from "./commands/peer.ts";
import { planCommand } from "./commands/plan.ts";
import { psCommand } from "./commands/ps.ts";
import { replaceCommand } from "./commands/replace.ts";
import { scaleCommand } from "./commands/scale.ts";
import { shellCommand } from "./commands/shell.ts";
import { statusCommand } from "./commands/status.ts";
import { vipCommand } from "./commands/vip.ts";
import { exitCodeOf, exitCodesHelp, messageOf } from "./exitCodes.ts";

const program = new Command("vigil")
  .description("Small highly available HTTP services on plain KVM/libvirt hosts.")
  .exitOverride()
  .enablePositionalOptions()
  .showHelpAfterError("(--help says more)")
  .addHelpText("after", exitCodesHelp)
  .addCommand(demoCommand())
  .addCommand(labCommand())
  .addCommand(benchCommand())
  .addCommand(shellCommand())
  .addCommand(envCommand())
  .addCommand(planCommand())
  .addCommand(statusCommand())
  .addCommand(psCommand())
  .addCommand(explainCommand())
  .addCommand(historyCommand())
  .addCommand(eventsCommand())
  .addCommand(pauseCommand())
  .addCommand(resumeCommand())
  .addCommand(replaceCommand())
  .addCommand(scaleCommand())
  .addCommand(vipCommand())
  .addCommand(drainCommand())
  .addCommand(undrainCommand())
  .addCommand(healerCommand())
  .addCommand(peerCommand())
  .addCommand(hostCommand());

// A sub-command does not inherit this from a parent that it is added to.
for (const command of descendants(program)) command.exitOverride().copyInheritedSettings(program);

// Whoever reads only the first lines of a table closes the pipe; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what it has to say by itself, and asking for help is no failure.
  if (!(error instanceof CommanderError)) process.stderr.write(`vigil: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

function descendants(command: Command): Command[] {
  return command.commands.flatMap((child) => [child as Command, ...descendants(child as Command)]);
}
