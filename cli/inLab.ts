import { join } from "node:path";
import { checkoutDir } from "../host/hostEnvironment.ts";
import { runInTerminal } from "../host/run.ts";
import type { Lab } from "../lab/lab.ts";
import { LabError } from "../lab/labError.ts";
import { onHost, refreshCheckout } from "../lab/machine.ts";
import { hostNamed, ownerOf } from "../lab/owner.ts";

/**
 * A lab's host has stack files, a state and a healer of its own, so it is the one to be asked: if the lab is up, this very
 * command runs there and its exit code becomes ours. Resolves to false if there is no such lab, which every host finds of
 * itself. Rejects ERR_USAGE if no host is named and the lab has several.
 */
export async function ranInLab(lab: Lab, host: string | undefined): Promise<boolean> {
  const owner = await ownerOf(lab);
  if (owner === undefined) return false;
  const names = owner.site.hosts.map(({ name }) => name);
  if (host === undefined && names.length > 1) {
    throw new LabError("ERR_USAGE", `lab ${lab.name} has the hosts ${names.join(", ")}: name one.`);
  }
  const { name } = await hostNamed(lab, host ?? names[0] ?? "");
  await refreshCheckout(lab, name);
  const placed = await onHost(lab, name, [join(checkoutDir, "cli", "vigil"), ...process.argv.slice(2)]);
  process.exitCode = await runInTerminal(placed.argv, { env: placed.env });
  return true;
}
