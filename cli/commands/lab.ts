import { Command } from "commander";
import { labCaptureCommand } from "./labCapture.ts";
import { labDownCommand } from "./labDown.ts";
import { labBreakCommand, labMendCommand } from "./labFaults.ts";
import { labStatusCommand } from "./labStatus.ts";
import { labUpCommand } from "./labUp.ts";

export function labCommand(): Command {
  return new Command("lab")
    .description("Virtual hosts on this machine: each with its own network, libvirtd and disk, joined by a switch.")
    .addCommand(labUpCommand())
    .addCommand(labStatusCommand())
    .addCommand(labDownCommand())
    .addCommand(labBreakCommand())
    .addCommand(labMendCommand())
    .addCommand(labCaptureCommand());
}
