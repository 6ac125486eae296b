import { resolve } from "node:path";
import { Command } from "commander";
import { captureStart, captureStop } from "../../lab/capture.ts";
import { requireOwner } from "../../lab/owner.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";

export function labCaptureCommand(): Command {
  return new Command("capture")
    .description("Record the frames that pass a port of the lab's switch.")
    .addCommand(startCommand())
    .addCommand(stopCommand());
}

function startCommand(): Command {
  return new Command("start")
    .argument("<port>", "the machine at whose port to listen: a host, client or witness")
    .argument("[filter]", "what to record, as tcpdump takes it")
    .option("-w, --write <file>", "where to write the frames; without it, into the lab, which removes them with itself")
    .addOption(labOption())
    .addHelpText("after", "\nExample:\n  vigil lab capture start client 'arp or ip proto 112' -w /tmp/vip.pcap")
    .action(async (port: string, filter: string | undefined, options: LabChoice & { write?: string }) => {
      const lab = chosenLab(options);
      await requireOwner(lab);
      const file = options.write === undefined ? {} : { file: resolve(options.write) };
      const capture = await captureStart(lab, port, { ...file, ...(filter === undefined ? {} : { filter }) });
      process.stdout.write(`${capture.file}\n`);
    });
}

function stopCommand(): Command {
  return new Command("stop")
    .argument("<port>", "the machine at whose port a capture listens")
    .addOption(labOption())
    .addHelpText("after", "\nExample:\n  vigil lab capture stop client")
    .action(async (port: string, options: LabChoice) => {
      const lab = chosenLab(options);
      await requireOwner(lab);
      process.stdout.write(`${(await captureStop(lab, port)).file}\n`);
    });
}
