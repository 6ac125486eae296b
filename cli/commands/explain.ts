import { Command } from "commander";
import { slotSchema } from "../../healer/api/schemas.ts";
import { HealerClient } from "../askHealer.ts";
import { hostOption, type PeerChoice, peerSlot, peerStatus } from "../askPeer.ts";
import { causeNamed } from "../causeNamed.ts";
import { HealerError } from "../healerError.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { renderCause } from "../render/renderCause.ts";
import { renderLastWord } from "../render/renderPeer.ts";
import { renderSlot } from "../render/renderSlot.ts";

export function explainCommand(): Command {
  return new Command("explain")
    .description(
      "Say why a machine is thought to be what it is: the evidence and its age, the suspicion, the next repair.",
    )
    .argument("<host>", "a host of the site; or, alone, a cause such as machineCrashed")
    .argument("[slot]", "one of its machines, such as web-1")
    .addOption(hostOption())
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
All causes, and what is done about each: docs/healer-states.md.

Examples:
  vigil explain bk web-1
  vigil explain bk lb-1 -o json | jq .facts
  vigil explain web-1 --host mb     asked on this host of mb's healer
  vigil explain machineCrashed
  vigil explain "VM crashed"`,
    )
    .action(async (host: string, slot: string | undefined, options: LabChoice & PeerChoice & { output: Format }) => {
      if (options.host !== undefined) {
        // Without a host to ask on, the machine is the first word.
        const [at, name] = slot === undefined ? [undefined, host] : [host, slot];
        if (await ranInLab(chosenLab(options), at)) return;
        return await explainPeer(at, options.host, name, options.output);
      }
      if (slot === undefined) return explainCause(host, options.output);
      if (await ranInLab(chosenLab(options), host)) return;
      const found = await new HealerClient().ask(host, `/v1/slots/${encodeURIComponent(slot)}`, slotSchema);
      if (options.output === "json") printJson(found);
      else process.stdout.write(renderSlot(found));
    });
}

/** The same table everywhere: no healer has to be asked. */
function explainCause(text: string, output: Format): void {
  const cause = causeNamed(text);
  if (output === "json") printJson(cause);
  else process.stdout.write(renderCause(cause));
}

/** What a silent peer said last is all that there is; its evidence is with it. */
async function explainPeer(at: string | undefined, peer: string, name: string, output: Format): Promise<void> {
  const healer = new HealerClient();
  const said = await peerStatus(healer, at, peer);
  if (said.isLive) {
    const found = await peerSlot(healer, at, peer, name);
    if (output === "json") printJson(found);
    else process.stdout.write(renderSlot(found));
    return;
  }
  const slot = said.status.slots.find((one) => one.slot === name);
  if (slot === undefined) {
    const names = said.status.slots.map((one) => one.slot).join(", ");
    throw new HealerError("ERR_USAGE", `host ${peer} had no slot ${name} when it was heard last. It had ${names}.`);
  }
  if (output === "json") printJson({ peer: said.peer, ageMs: said.ageMs, slot });
  else process.stdout.write(renderLastWord(said, slot));
}
