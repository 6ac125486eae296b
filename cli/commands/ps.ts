import { Command } from "commander";
import { historySchema, type Status, statusSchema } from "../../healer/api/schemas.ts";
import { HealerClient } from "../askHealer.ts";
import { hostOption, type PeerChoice, peerHistory, peerStatus } from "../askPeer.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption, printJson } from "../output.ts";
import { renderPeerLine } from "../render/renderPeer.ts";
import { renderPs } from "../render/renderPs.ts";

const mostIncidents = 500;

export function psCommand(): Command {
  return new Command("ps")
    .description("Show a host's machines, and below each what it was repaired of.")
    .argument("[host]", "a host of the site; without it, the one that this machine is")
    .addOption(hostOption())
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Below the table it says what is so of hosts that workers here stand in for, and that this host is drained. In JSON that is
\`hosts\` and \`hostDrain\`, as \`vigil status\` has them, beside \`slots\` and \`incidents\`.

Examples:
  vigil ps bk
  vigil ps --host mb
  vigil ps bk -o json | jq '.hosts[] | select(.status == "lost")'
  vigil ps bk -o json | jq '.incidents[] | select(.slot == "web-1")'`,
    )
    .action(async (host: string | undefined, options: LabChoice & PeerChoice & { output: Format }) => {
      if (await ranInLab(chosenLab(options), host)) return;
      if (options.host !== undefined) return await printPeer(host, options.host, options.output);
      const healer = new HealerClient();
      const status = await healer.ask(host, "/v1/status", statusSchema);
      const history = await healer.ask(host, `/v1/history?limit=${mostIncidents}`, historySchema);
      if (options.output === "json") printJson({ ...machinesOf(status), incidents: history.incidents });
      else process.stdout.write(renderPs(status, history, Date.now()));
    });
}

function machinesOf({ slots, hosts, hostDrain }: Status): Pick<Status, "slots" | "hosts" | "hostDrain"> {
  return { slots, hosts, ...(hostDrain === undefined ? {} : { hostDrain }) };
}

/** Of a peer that is silent what it said last is known, and nothing of what was before. */
async function printPeer(at: string | undefined, peer: string, output: Format): Promise<void> {
  const healer = new HealerClient();
  const said = await peerStatus(healer, at, peer);
  const past = said.isLive ? await peerHistory(healer, at, peer, mostIncidents) : { incidents: [] };
  if (output === "json") {
    printJson({ peer: said.peer, ageMs: said.ageMs, ...machinesOf(said.status), incidents: past.incidents });
    return;
  }
  // The clock of the host that the times are of, which need not be right.
  const nowMs = Date.parse(said.status.since) + said.status.forMs;
  process.stdout.write(`${renderPeerLine(said)}\n\n${renderPs(said.status, past, nowMs)}`);
}
