import { Command } from "commander";
import { addHost } from "../../host/addHost.ts";
import { prepareHost } from "../../host/prepareHost.ts";
import { parseCount, progressPrinter } from "../output.ts";
import { cacheDir, checkout } from "../place.ts";
import { hostDrainCommand, hostReturnCommand } from "./hostDrain.ts";

export function hostCommand(): Command {
  return new Command("host")
    .description("Add a host to the site, make this machine one, and take one out of service and back.")
    .addCommand(hostAddCommand())
    .addCommand(prepareCommand())
    .addCommand(hostDrainCommand())
    .addCommand(hostReturnCommand());
}

interface AddOptions {
  readonly address: string;
  readonly uplink: string;
  readonly pool: string;
  readonly workers: number;
  readonly memory?: number;
  readonly vcpus?: number;
  readonly disk?: number;
  readonly link?: number;
}

export function hostAddCommand(): Command {
  return new Command("add")
    .description("Write a further host into the site facts of this checkout's Pulumi.yaml, and a stack file for it.")
    .argument("<host>", "its name, which is also its stack's")
    .requiredOption("--address <address>", "its own address in the site's subnet")
    .requiredOption("--uplink <interface>", "its network interface on that subnet, as `ip link` shows it")
    .requiredOption(
      "--pool <first-last>",
      "addresses for its VMs that nobody else uses: one for the balancer, and workers",
    )
    .option("--workers <count>", "how many workers it begins with", parseCount, 2)
    .option("--memory <MiB>", "what all its workers may have together", parseCount)
    .option("--vcpus <count>", "likewise", parseCount)
    .option("--disk <MiB>", "likewise", parseCount)
    .option("--link <Mb/s>", "the rate of its uplink", parseCount)
    .addHelpText(
      "after",
      `
Nothing is written if an address, the pool or the name is taken or wrong; then all of it is said. The last four are for a
site that states vigil:site.survival.

Once the files are on every host: \`pulumi up\` on the old hosts first, one after the other, and only then \`vigil host prepare
NAME\` and \`pulumi up\` on the new one. A balancer that the others do not know of hears none of them, and would take the
service's address beside its holder.

Examples:
  vigil host add cc --address 192.168.10.3 --uplink eth0 --pool 192.168.10.30-192.168.10.36
  vigil host add cc --address 192.168.10.3 --uplink eth0 --pool 192.168.10.30-192.168.10.36 \\
    --memory 4096 --vcpus 4 --disk 20000`,
    )
    .action(async (name: string, options: AddOptions) => {
      const { address, uplink, pool, workers, memory, vcpus, disk, link } = options;
      const room = { memoryMib: memory, vcpus, diskMib: disk };
      const hasRoom = Object.values(room).some((amount) => amount !== undefined);
      await addHost(checkout, {
        ...{ name, address, uplink, pool, workers },
        ...(hasRoom ? { room } : {}),
        ...(link === undefined ? {} : { linkMbps: link }),
      });
      process.stdout.write(
        `Pulumi.yaml has host ${name}, and Pulumi.${name}.yaml is its stack. Deploy the old hosts first, then ${name}.\n`,
      );
    });
}

function prepareCommand(): Command {
  return new Command("prepare")
    .description("Check this machine's bridge, import the golden image, and make the host's stack.")
    .argument("<host>", "the name of this machine in the site facts of Pulumi.yaml")
    .addHelpText(
      "after",
      `
Changes nothing if the bridge is not as the site facts say, and says how to make it so. Safe to repeat.

Example:
  sudo cli/vigil host prepare bk && cli/vigil shell bk -- pulumi up`,
    )
    .action((host: string) => prepareHost(checkout, host, cacheDir, progressPrinter(host)));
}
