import assert from "node:assert/strict";
import { test } from "node:test";
import { benchCommand } from "./bench.ts";
import { drainCommand, undrainCommand } from "./drain.ts";
import { eventsCommand } from "./events.ts";
import { explainCommand } from "./explain.ts";
import { historyCommand } from "./history.ts";
import { hostDrainCommand, hostReturnCommand } from "./hostDrain.ts";
import { pauseCommand, resumeCommand } from "./pause.ts";
import { planCommand } from "./plan.ts";
import { psCommand } from "./ps.ts";
import { replaceCommand } from "./replace.ts";
import { scaleCommand } from "./scale.ts";
import { statusCommand } from "./status.ts";
import { vipMoveCommand } from "./vip.ts";

const commands = [
  benchCommand,
  drainCommand,
  undrainCommand,
  eventsCommand,
  explainCommand,
  historyCommand,
  hostDrainCommand,
  hostReturnCommand,
  pauseCommand,
  planCommand,
  psCommand,
  replaceCommand,
  resumeCommand,
  scaleCommand,
  statusCommand,
  vipMoveCommand,
];

test("whatever tells of a host or of a fault has help with examples, and can answer as JSON", () => {
  for (const make of commands) {
    const command = make();
    let help = "";
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    assert.match(help, new RegExp(`\nExamples:\n  vigil (vip |host )?${command.name()}`), command.name());
    assert.match(help, /-o, --output <format>/, command.name());
  }
});
