import { Command } from "commander";
import { statusSchema } from "../../healer/api/schemas.ts";
import { HealerClient } from "../askHealer.ts";
import { hostOption, type PeerChoice, peerStatus } from "../askPeer.ts";
import { exitCodes } from "../exitCodes.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { renderPeerStatus } from "../render/renderPeer.ts";
import { renderStatus } from "../render/renderStatus.ts";

export function statusCommand(): Command {
  return new Command("status")
    .description("Say whether a host's machines are fine; if not, since when, why, and what happens next.")
    .argument("[host]", "a host of the site; without it, the one that this machine is")
    .addOption(hostOption())
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Asks the host's healer. Exits with 0 if all is fine, 5 if not, and 6 if no healer answers.

Examples:
  vigil status
  vigil status bk || echo "see to it"
  vigil status --host mb            what mb's healer says, or said last, asked on this host
  vigil status bk -o json | jq '.slots[] | select(.status != "green")'`,
    )
    .action(async (host: string | undefined, options: LabChoice & PeerChoice & { output: Format }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      if (options.host !== undefined) return await printPeer(host, options.host, options.output);
      const status = await new HealerClient().ask(host, "/v1/status", statusSchema);
      if (options.output === "json") printJson(status);
      else process.stdout.write(renderStatus(status));
      process.exitCode = status.verdict === "fine" ? exitCodes.ok : exitCodes.notFine;
    });
}

/** A verdict that nobody can give now is not fine, whatever it was. */
async function printPeer(at: string | undefined, peer: string, output: Format): Promise<void> {
  const answer = await peerStatus(new HealerClient(), at, peer);
  if (output === "json") printJson(answer);
  else process.stdout.write(renderPeerStatus(answer));
  process.exitCode = answer.isLive && answer.status.verdict === "fine" ? exitCodes.ok : exitCodes.notFine;
}
