import { Command } from "commander";
import { checkNetwork } from "../../host/checkNetwork.ts";
import { hostEnvironment } from "../../host/hostEnvironment.ts";
import { readSite } from "../../host/readSite.ts";
import { runInTerminal } from "../../host/run.ts";
import type { Lab } from "../../lab/lab.ts";
import { LabError } from "../../lab/labError.ts";
import { labMachines } from "../../lab/labSite.ts";
import { onHost, onWire, type Placed, refreshCheckout } from "../../lab/machine.ts";
import { hostNamed, ownerOf } from "../../lab/owner.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { cacheDir, checkout } from "../place.ts";

export function shellCommand(): Command {
  return new Command("shell")
    .description("Enter a host, or run a command there, with the environment of `vigil env`.")
    .argument("<machine>", "a host of the site; in a lab also client, witness or switch")
    .argument("[command...]", "what to run instead of a shell")
    .passThroughOptions()
    .addOption(labOption())
    .addHelpText(
      "after",
      `
In a lab the host's network, mounts and hostname are entered, so that paths and commands are those of a real host.
On a real host, only folder and environment are set.

Examples:
  vigil shell bk
  vigil shell bk -- pulumi preview --stack bk
  vigil shell mb -- virsh list --all
  vigil shell client -- curl -s http://192.168.10.120/random/number`,
    )
    .action(async (machine: string, command: string[], options: LabChoice) => {
      const lab = chosenLab(options);
      const argv = command.length > 0 ? command : [process.env.SHELL ?? "/bin/sh"];
      const placed =
        (await ownerOf(lab)) === undefined ? await onThisMachine(lab, machine, argv) : await inLab(lab, machine, argv);
      process.exitCode = await runInTerminal(placed.argv, { env: placed.env });
    });
}

async function inLab(lab: Lab, machine: string, argv: readonly string[]): Promise<Placed> {
  if (labMachines.some((name) => name === machine)) return onWire(lab, machine, argv);
  const { name } = await hostNamed(lab, machine);
  const placed = await onHost(lab, name, argv);
  await refreshCheckout(lab, name);
  return placed;
}

/** Without a lab the machine has to be the host itself. Rejects ERR_LAB_NOT_UP if it is not. */
async function onThisMachine(lab: Lab, host: string, argv: readonly string[]): Promise<Placed> {
  const site = await readSite(checkout);
  const isHost =
    site.hosts[host] !== undefined &&
    (await checkNetwork(site, host).then(
      () => true,
      () => false,
    ));
  if (!isHost) {
    throw new LabError(
      "ERR_LAB_NOT_UP",
      `this machine is not host ${host}, and there is no lab ${lab.name}: \`vigil lab up\`.`,
    );
  }
  return { argv: ["env", `--chdir=${checkout}`, ...argv], env: { ...process.env, ...hostEnvironment(cacheDir) } };
}
